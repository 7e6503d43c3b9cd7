import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { invalid } from '@cairn/platform/errors'
import { isWorkspacePath } from '../../files/workspace-files.js'
import { ProcessAttempt, type ProcessServices } from '../../processes/process-attempt.js'
import type { WorkFolder } from '../../processes/work-folder.js'
import type { AttemptContext } from '../../task-kinds/task.js'
import { defineKind } from '../../task-kinds/task-kind.js'
import { checkFile, writeNotebook } from './code-file.js'
import { preparePython } from './prepare-python.js'

/** A notebook: `.py` in Databricks' source format runs as a script, `.ipynb` through papermill. */
export const notebookKind = (services: ProcessServices) =>
  defineKind({
    name: 'notebook_task',
    usesPython: true,
    code: ({ notebook_path }) => [notebook_path],
    check({ notebook_path, source, warehouse_id }, checked) {
      const { where } = checked
      if (warehouse_id !== undefined) throw invalid(`${where}.warehouse_id is not supported; use sql_task.`)
      const isNotebook = /\.(py|ipynb)$/.test(notebook_path) || isWorkspacePath(notebook_path)
      if (!isNotebook && !notebook_path.includes('{{'))
        throw invalid(
          `${where}.notebook_path: '${notebook_path}' is not in the workspace and does not end in .py or .ipynb.`,
        )
      checkFile({ path: notebook_path, source, field: 'notebook_path' }, checked, services)
    },
    start: ({ notebook_path, base_parameters = {} }, context) =>
      new ProcessAttempt(context, services, async (preparation) => {
        const script = await writeNotebook(notebook_path, preparation, services)
        const env = { CAIRN_NOTEBOOK_PARAMETERS: JSON.stringify(base_parameters) }
        const finish = (folder: WorkFolder) => showResult(folder, context)
        if (!script.endsWith('.ipynb'))
          return preparePython(preparation, services, { argv: ['file', script], env, finish })
        // The code may replace the file.
        const source = await readFile(script, 'utf8')
        await writeStartup(preparation.folder)
        const { home, lib } = preparation.folder
        // For `%pip install`: the environment is shared, so the notebook cannot write to it.
        const packages = join(home, 'notebook-packages')
        await mkdir(packages)
        // Not as arguments, which other users of the machine can read. JSON is YAML.
        const parameters = join(preparation.folder.lib, 'parameters.yaml')
        await writeFile(parameters, JSON.stringify(base_parameters))
        const output = join(home, EXECUTED)
        return preparePython(preparation, services, {
          module: 'papermill',
          argv: [script, output, '-k', 'python3', '--log-output', '--no-progress-bar', '-f', parameters],
          env: {
            ...env,
            IPYTHONDIR: join(home, 'ipython'),
            PIP_TARGET: packages,
            PYTHONPATH: `${lib}:${packages}`,
          },
          implied: ['papermill', 'ipykernel'],
          breaksRewrites: true,
          finish,
          ended: (folder) => keepNotebook(folder, source, context),
        })
      }),
  })

/** The notebook with the outputs of its cells, in the home folder. */
const EXECUTED = 'executed.ipynb'

/** Defines `dbutils` for the cells, as on Databricks, and limits what they print. */
async function writeStartup({ home }: WorkFolder) {
  const folder = join(home, 'ipython', 'profile_default', 'startup')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, '00-cairn.py'), 'from cairn_tasks import dbutils\nimport cairn_notebook\n')
}

/** Shows the value of `dbutils.notebook.exit`. */
async function showResult(folder: WorkFolder, { setOutput }: AttemptContext) {
  const result = await folder.readResult('notebook-result')
  if (result !== undefined) setOutput({ notebook_output: { result, truncated: false } })
}

/** papermill writes it after each cell, so a failed notebook shows its error. */
async function keepNotebook(folder: WorkFolder, source: string, { keepNotebook }: AttemptContext) {
  const executed = await folder.readResult(EXECUTED)
  if (executed !== undefined || (await folder.hasLargeResult(EXECUTED))) await keepNotebook(executed, source)
}
