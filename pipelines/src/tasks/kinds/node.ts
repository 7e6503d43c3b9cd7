import { invalid } from '@cairn/platform/errors'
import type { TaskKinds } from '@cairn/platform/protocol/databricks/task-settings'
import { hasReferences } from '../../flow/references.js'
import { ProcessAttempt, type ProcessServices } from '../../processes/process-attempt.js'
import { type AttemptContext, requireServices, type Task } from '../../task-kinds/task.js'
import { defineKind, handleOf } from '../../task-kinds/task-kind.js'
import { checkFile, writeScript } from './code-file.js'
import { Entries } from './entries.js'

/** A task of the server (`entry`), which runs in its process, or a script for Node (`file`), which runs in a separate process. */
export function nodeKind(tasks: readonly Task[], services: ProcessServices) {
  const entries = new Entries(tasks)
  return defineKind({
    name: 'node_task',
    literal: ['entry'],
    keepsTypes: true,
    code: ({ entry, file }) => (file !== undefined ? [file] : entries.get(entry!).isPure ? [] : undefined),
    check({ entry, file, source, parameters = file === undefined ? {} : [] }, checked) {
      const { where } = checked
      if ((entry === undefined) === (file === undefined))
        throw invalid(`${where}: pass either entry or file.`)
      if (Array.isArray(parameters) !== (file !== undefined))
        throw invalid(`${where}.parameters: a file takes a list of arguments, an entry takes named values.`)
      if (file !== undefined) return checkFile({ path: file, source, field: 'file' }, checked, services)
      entries.get(entry!)
      // Parameters with references are checked when the task starts and their values are known.
      if (!hasReferences(parameters)) entries.parse(entry!, parameters)
    },
    start({ entry, file, parameters }, context) {
      if (file !== undefined) return startScript(file, parameters ?? [], context, services)
      const parsed = entries.parse(entry!, parameters ?? {})
      return handleOf(entries.get(entry!).run({ ...requireServices(context), parameters: parsed }))
    },
  })
}

function startScript(
  file: string,
  parameters: NonNullable<TaskKinds['node_task']['parameters']>,
  context: AttemptContext,
  services: ProcessServices,
) {
  return new ProcessAttempt(context, services, async (preparation) => {
    const { folder } = preparation
    const script = await writeScript(file, preparation, services)
    const loader = await folder.addNodeHelpers()
    await folder.handOver()
    const megabytes = services.processes.memoryBytes / 1024 ** 2
    const limits = megabytes > 0 ? [`--max-old-space-size=${megabytes}`] : []
    const list = parameters as unknown[]
    return { argv: [process.execPath, ...limits, '--import', loader, script, ...list.map(asArgument)] }
  })
}

/** The value of a reference may not be text. */
const asArgument = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
