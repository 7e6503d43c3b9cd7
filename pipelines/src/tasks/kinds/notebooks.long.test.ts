import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { GetRunOutput, SubmitRun } from '@cairn/platform/protocol/job-runs'
import { newFolder } from '@cairn/platform/testing/folders'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { waitForEnd } from '../../testing/client.js'
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

/** Needs packages of PyPI, as users install them. */
describe.runIf(process.env.TEST_PYTHON)('notebooks of Jupyter', { timeout: 400_000 }, () => {
  let serving: ServedPipelines
  beforeAll(async () => {
    const folder = newFolder()
    chmodSync(folder, 0o711)
    const task_environments = join(folder, 'environments')
    mkdirSync(task_environments)
    serving = await servePipelines([], { settings: { task_environments } })
  })
  afterAll(() => serving?.close())

  async function run(cells: object[], base_parameters: Record<string, string>) {
    const { run_id } = await serving.client(SubmitRun, {
      parameters: [{ name: 'city', default: '서울' }],
      tasks: [{ task_key: 'a', notebook_task: { notebook_path: 'n.ipynb', base_parameters } }],
      files: { 'n.ipynb': notebookOf(...cells) },
    } as never)
    const { tasks, state } = await waitForEnd(serving.client, run_id, 380_000)
    return { state, output: await serving.client(GetRunOutput, { run_id: tasks![0]!.run_id }) }
  }

  test('get their parameters, log what they print, and return the value of dbutils.notebook.exit', async () => {
    const { state, output } = await run(
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
  })

  test('fail with the error of their cell', async () => {
    const { state, output } = await run([cell('x = 1'), cell('raise ValueError(f"no rows after {x}")')], {})
    expect(state.result_state).toBe('FAILED')
    expect(output.error).toContain('ValueError: no rows after 1')
  })
})
