import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GetJobGrid } from '@cairn/platform/protocol/cairn/job-summaries'
import { GetRunProgress } from '@cairn/platform/protocol/cairn/run-progress'
import {
  GetJobRun,
  GetRunOutput,
  type JobRun,
  RepairRun,
  RunNow,
} from '@cairn/platform/protocol/databricks/job-runs'
import { CreateJob, type JobSettings, UpdateJob } from '@cairn/platform/protocol/databricks/jobs'
import type { RunCaching } from '@cairn/platform/protocol/databricks/run-overrides'
import type { TaskSettings } from '@cairn/platform/protocol/databricks/task-settings'
import { databases } from '@cairn/platform/testing/databases'
import { newFolder } from '@cairn/platform/testing/folders'
import Type from 'typebox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defineTask } from '../task-kinds/task.js'
import { waitForEnd } from '../testing/client.js'
import { type ServedPipelines, servePipelines } from '../testing/serve.js'

/** Logs a line that no other run logs. */
const echo = defineTask({
  entry: 'echo',
  parameters: Type.Object({ x: Type.String() }),
  isPure: true,
  async run({ parameters: { x }, log }) {
    log.info(randomUUID())
    if (x === 'fails') throw new Error(x)
    return { x }
  },
})
const flaky = defineTask({
  entry: 'flaky',
  parameters: Type.Object({}),
  isPure: true,
  async run({ attempt }) {
    if (attempt === 1) throw new Error('fails')
    return {}
  },
})
/** Writes a file while it runs. */
const writes = defineTask({
  entry: 'writes',
  parameters: Type.Object({ path: Type.String(), text: Type.String() }),
  isPure: true,
  async run({ parameters: { path, text } }) {
    await writeFile(path, text)
    return {}
  },
})
const impure = defineTask({ entry: 'impure', parameters: Type.Object({}), run: async () => ({}) })

const script = (task_key: string, x: string, more: object = {}): TaskSettings => ({
  ...{ task_key, cache: { enabled: true }, node_task: { entry: 'echo', parameters: { x } } },
  ...more,
})
const after = (task_key: string) => ({ depends_on: [{ task_key }] })

describe.each(databases)('the cache of tasks on %s', (_name, database) => {
  let serving: ServedPipelines
  let clock = 0
  beforeAll(async () => {
    serving = await servePipelines([echo, flaky, writes, impure], { database, now: () => Date.now() + clock })
  })
  afterAll(() => serving?.close())

  const create = async (tasks: TaskSettings[], more: Partial<JobSettings> = {}) =>
    (await serving.client(CreateJob, { tasks, files: { 'a.mjs': '' }, ...more })).job_id
  const run = async (job_id: number, more: RunCaching & { job_parameters?: Record<string, string> } = {}) =>
    waitForEnd(serving.client, (await serving.client(RunNow, { job_id, ...more })).run_id)
  /** The kinds of origins by task; undefined for a task that ran. */
  const originsOf = ({ tasks }: JobRun) => tasks!.map(({ origin }) => origin?.kind)
  const outputOf = async ({ tasks }: JobRun, at = 0) => {
    const { node_task_output, logs } = await serving.client(GetRunOutput, { run_id: tasks![at]!.run_id })
    return { values: node_task_output!.values, logs }
  }

  test('reuses the result of the first run for the same inputs, with its log and origin', async () => {
    const job = await create([script('a', 'one'), script('b', '{{tasks.a.values.x}}', after('a'))])
    const [first, second, third] = [await run(job), await run(job), await run(job)]
    expect([first, second, third].map(originsOf)).toEqual([
      [undefined, undefined],
      ['CACHED', 'CACHED'],
      ['CACHED', 'CACHED'],
    ])
    const [a, b] = first.tasks!
    expect(third.tasks!.map(({ origin }) => origin)).toEqual([
      { kind: 'CACHED', run_id: first.run_id, task_run_id: a!.run_id },
      { kind: 'CACHED', run_id: first.run_id, task_run_id: b!.run_id },
    ])
    expect(third.state.result_state).toBe('SUCCESS')
    expect(await outputOf(third, 1)).toEqual(await outputOf(first, 1))
    expect((await outputOf(third, 1)).values).toEqual({ x: 'one' })
    const { tasks } = await serving.client(GetRunProgress, { run_id: third.run_id })
    expect(tasks[0]!.origin).toEqual(third.tasks![0]!.origin)
    const { runs } = await serving.client(GetJobGrid, { job_id: job })
    expect(runs.map((one) => one.tasks.map(({ origin }) => origin?.run_id))).toEqual([
      [first.run_id, first.run_id],
      [first.run_id, first.run_id],
      [undefined, undefined],
    ])
  })

  test('runs again with other parameters, values and files', async () => {
    const parameters = [{ name: 'p', default: '1' }]
    const tasks = [script('a', '{{job.parameters.p}}'), script('b', 'same', after('a'))]
    const job = await create(tasks, { parameters })
    await run(job)
    expect(originsOf(await run(job, { job_parameters: { p: '2' } }))).toEqual([undefined, undefined])
    expect(originsOf(await run(job))).toEqual(['CACHED', 'CACHED'])
    const files = { 'a.mjs': '//' }
    await serving.client(UpdateJob, { job_id: job, new_settings: { files } })
    expect(originsOf(await run(job))).toEqual([undefined, undefined])
  })

  test('no_cache runs all and stores nothing, refresh runs the named tasks and stores their results', async () => {
    const job = await create([script('a', '1'), script('b', '2')])
    const first = await run(job)
    expect(originsOf(await run(job, { no_cache: true }))).toEqual([undefined, undefined])
    expect((await run(job)).tasks![0]!.origin!.run_id).toBe(first.run_id)
    const refreshed = await run(job, { refresh: ['b'] })
    expect(originsOf(refreshed)).toEqual(['CACHED', undefined])
    const origins = (await run(job)).tasks!.map(({ origin }) => origin!.run_id)
    expect(origins).toEqual([first.run_id, refreshed.run_id])
    await expect(run(job, { refresh: ['c'] })).rejects.toThrow("refresh: the job has no task 'c'.")
  })

  test('results expire, and a repaired task runs', async () => {
    const cache = { enabled: true, expires_after_seconds: 3600 }
    const job = await create([script('a', '1', { cache })])
    await run(job)
    const cached = await run(job)
    expect(originsOf(cached)).toEqual(['CACHED'])
    await serving.client(RepairRun, { run_id: cached.run_id, rerun_tasks: ['a'] })
    expect(originsOf(await waitForEnd(serving.client, cached.run_id))).toEqual([undefined])
    clock += 3_601_000
    expect(originsOf(await run(job))).toEqual([undefined])
  })

  test('caches iterations of a loop, but no failures and not across jobs', async () => {
    const each = (inputs: string) => ({
      ...{ task_key: 'each', for_each_task: { inputs, task: script('one', '{{input}}') } },
    })
    const job = await create([each('["1", "2"]')])
    await run(job)
    await serving.client(UpdateJob, { job_id: job, new_settings: { tasks: [each('["3", "2"]')] } })
    const [loop] = (await run(job)).tasks!
    const { iterations } = await serving.client(GetJobRun, { run_id: loop!.run_id })
    expect(iterations!.map(({ origin }) => origin?.kind)).toEqual([undefined, 'CACHED'])
    const other = await create([script('one', '1')])
    expect(originsOf(await run(other))).toEqual([undefined])
    const failing = await create([script('a', 'fails')])
    expect([await run(failing), await run(failing)].map(originsOf)).toEqual([[undefined], [undefined]])
  })

  test('does not store the result of a retried task', async () => {
    const job = await create([script('a', '1', { node_task: { entry: 'flaky' }, max_retries: 1 })])
    expect(originsOf(await run(job))).toEqual([undefined])
    expect(originsOf(await run(job))).toEqual([undefined])
  })

  test('does not store the result of a task whose inputs changed while it ran', async () => {
    const wheel = join(newFolder(), 'a-1-py3-none-any.whl')
    await writeFile(wheel, 'first')
    const parameters = { path: wheel, text: 'second' }
    const task = script('a', '', {
      ...{ node_task: { entry: 'writes', parameters }, libraries: [{ whl: `file:${wheel}` }] },
    })
    const job = await create([task])
    expect(originsOf(await run(job))).toEqual([undefined])
    await writeFile(wheel, 'first')
    expect(originsOf(await run(job))).toEqual([undefined])
    // Now the file has this content before and after.
    expect(originsOf(await run(job))).toEqual([undefined])
    expect(originsOf(await run(job))).toEqual(['CACHED'])
  })

  test('runs a task whose tables cannot be read, and logs the reason', async () => {
    const cache = { enabled: true, tables: ['main.none.t'] }
    const done = await run(await create([script('a', '1', { cache })]))
    expect(done.state.result_state).toBe('SUCCESS')
    expect((await outputOf(done)).logs).toContain('The task runs without its cache: ')
  })

  test.each<[string, object, string]>([
    [
      'a condition',
      { condition_task: { op: 'EQUAL_TO', left: '1', right: '1' } },
      'condition_task has effects besides',
    ],
    ['a run of another job', { run_job_task: { job_id: 1 } }, 'run_job_task has effects besides'],
    [
      'a table without catalog',
      { shell_task: { script: 'x' }, tables: ['d.t'] },
      "'d.t' is not catalog.schema.table",
    ],
  ])('refuses the cache of %s', async (_case, { tables, ...kind }: { tables?: string[] }, message) => {
    const task = { task_key: 'a', cache: { enabled: true, ...(tables && { tables }) }, ...kind }
    await expect(create([task as TaskSettings])).rejects.toThrow(message)
  })
})
