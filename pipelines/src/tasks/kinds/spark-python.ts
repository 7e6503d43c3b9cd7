import { ProcessAttempt, type ProcessServices } from '../../processes/process-attempt.js'
import { defineKind } from '../../task-kinds/task-kind.js'
import { checkFile, writeScript } from './code-file.js'
import { preparePython } from './prepare-python.js'

/** A Python script, as plain Python: the name is Databricks'. */
export const sparkPythonKind = (services: ProcessServices) =>
  defineKind({
    name: 'spark_python_task',
    usesPython: true,
    code: ({ python_file }) => [python_file],
    check: ({ python_file, source }, checked) =>
      checkFile({ path: python_file, source, field: 'python_file' }, checked, services),
    start: ({ python_file, parameters = [] }, context) =>
      new ProcessAttempt(context, services, async (preparation) => {
        const script = await writeScript(python_file, preparation, services)
        return preparePython(preparation, services, { argv: ['file', script, ...parameters] })
      }),
  })
