import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { ExportRun } from '@cairn/platform/protocol/databricks/job-run-actions'
import { GetRunOutput, SubmitRun } from '@cairn/platform/protocol/databricks/job-runs'
import { newFolder } from '@cairn/platform/testing/folders'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RemoteWorker } from '../../remote-worker/remote-worker.js'
import { waitForEnd } from '../../testing/client.js'
import { startWorkerOf } from '../../testing/remote-worker.js'
import { type ServedPipelines, servePipelines } from '../../testing/serve.js'

const cell = (source: string, tags: string[] = []) => ({
  ...{ cell_type: 'code', id: `c${source.length}`, source, metadata: { tags } },
  ...{ outputs: [], execution_count: null },
})
const notebookOf = (...cells: object[]) =>
  JSON.stringify({
    ...{ nbformat: 4, nbformat_minor: 5, cells },
    metadata: { kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' } },
  })

const textOf = (outputs: readonly { readonly text?: readonly string[] }[]) =>
  outputs.flatMap(({ text = [] }) => text).join('')

/** Needs packages of PyPI, as users install them. */
const hasPackages = process.env.TEST_PYTHON !== undefined
const hosts = ['the server', 'a worker over HTTP'].filter(() => hasPackages)

const folder = newFolder()
const task_environments = join(folder, 'environments')
chmodSync(folder, 0o711)
mkdirSync(task_environments)

describe.skipIf(!hasPackages).each(hosts)('notebooks of Jupyter on %s', { timeout: 400_000 }, (host) => {
  let serving: ServedPipelines
  let worker: RemoteWorker | undefined
  beforeAll(async () => {
    const concurrency = host === 'the server' ? 2 : 0
    serving = await servePipelines([], { concurrency, settings: { task_environments } })
    if (concurrency === 0) worker = await startWorkerOf(serving)
  })
  afterAll(async () => {
    await worker?.close()
    await serving?.close()
  })

  async function run(cells: object[], base_parameters: Record<string, string>) {
    const { run_id } = await serving.client(SubmitRun, {
      parameters: [{ name: 'city', default: '서울' }],
      tasks: [{ task_key: 'a', notebook_task: { notebook_path: 'n.ipynb', base_parameters } }],
      files: { 'n.ipynb': notebookOf(...cells) },
    })
    const { tasks, state } = await waitForEnd(serving.client, run_id, 380_000)
    const output = await serving.client(GetRunOutput, { run_id: tasks![0]!.run_id })
    const { views } = await serving.client(ExportRun, { run_id })
    const kept = views.find(({ name }) => name === 'a.ipynb')!
    return {
      state,
      output,
      executed: JSON.parse(kept.content) as { cells: { outputs: { text?: string[] }[] }[] },
    }
  }

  test('get their parameters, log what they print, and return the value of dbutils.notebook.exit', async () => {
    const { state, output, executed } = await run(
      [
        cell('city, rows = "nowhere", "0"', ['parameters']),
        cell('print(f"{city} has {rows} rows")'),
        cell('dbutils.jobs.taskValues.set(key="n", value=int(rows) * 2)'),
        cell('dbutils.notebook.exit(f"{city}/{int(rows) + 1}")'),
        cell('raise RuntimeError("not reached")'),
      ],
      { city: '{{job.parameters.city}}', rows: '41' },
    )
    expect(output.error).toBeUndefined()
    expect(state.result_state).toBe('SUCCESS')
    expect(output.notebook_output).toMatchObject({ result: '서울/42', truncated: false })
    expect(output.logs).toContain('서울 has 41 rows')
    expect(output.node_task_output?.values).toEqual({ n: 82 })
    const printed = executed.cells.flatMap(({ outputs }) => outputs)
    expect(printed).toContainEqual(expect.objectContaining({ text: ['서울 has 41 rows\n'] }))
  })

  test('keep the first million characters that each cell prints', async () => {
    const large = 'import sys\nprint("x" * 17 * 1024 ** 2)\nprint("lost", file=sys.stderr)'
    const { state, output, executed } = await run([cell(large), cell('print("next")')], {})
    expect([state.result_state, output.error]).toEqual(['SUCCESS', undefined])
    const [first, second] = executed.cells.map(({ outputs }) => textOf(outputs))
    expect(first!.slice(0, 1_000_000)).toBe('x'.repeat(1_000_000))
    expect(first!.slice(1_000_000)).toBe(
      '\nThe rest of the output of this cell is not kept: a cell prints at most 1,000,000 characters.\n',
    )
    expect(second).toBe('next\n')
  })

  test.each([1, 3])('of %i times 6 MiB are kept without outputs, and the log says so', async (count) => {
    const display = 'from IPython.display import HTML\nHTML("x" * 6 * 1024 ** 2)'
    const cells = Array.from({ length: count }, () => cell(display))
    const { state, output, executed } = await run(cells, {})
    expect([state.result_state, output.error]).toEqual(['SUCCESS', undefined])
    expect(output.has_notebook).toBe(true)
    expect(executed.cells.map(({ outputs }) => outputs)).toEqual(cells.map(() => []))
    expect(output.logs).toContain(
      'The executed notebook is not JSON of at most 5 MiB and is kept without outputs.',
    )
  })

  test('fail with the error of their cell', async () => {
    const { state, output, executed } = await run(
      [cell('x = 1'), cell('raise ValueError(f"no rows after {x}")')],
      {},
    )
    expect(state.result_state).toBe('FAILED')
    expect(output.error).toContain('ValueError: no rows after 1')
    expect(executed.cells.flatMap(({ outputs }) => outputs)).toContainEqual(
      expect.objectContaining({ output_type: 'error', ename: 'ValueError' }),
    )
  })
})
