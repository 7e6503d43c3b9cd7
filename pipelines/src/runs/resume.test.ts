import { GetRunOutput, type JobRun, RepairRun, RunNow } from '@cairn/platform/protocol/databricks/job-runs'
import { CreateJob, type JobSettings, UpdateJob } from '@cairn/platform/protocol/databricks/jobs'
import type { TaskSettings } from '@cairn/platform/protocol/databricks/task-settings'
import { databases } from '@cairn/platform/testing/databases'
import Type from 'typebox'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newTaskRun } from '../flow/new-task-run.js'
import { defineTask } from '../task-kinds/task.js'
import { resultsOf, waitForEnd } from '../testing/client.js'
import { type ServedPipelines, servePipelines } from '../testing/serve.js'
import { tasksToTakeOver } from './take-over.js'

let failing = new Set<unknown>()
const started: unknown[] = []
const echo = defineTask({
  entry: 'echo',
  parameters: Type.Object({ x: Type.Unknown() }),
  async run({ parameters: { x }, log }) {
    started.push(x)
    log.info(`echoes ${x}`)
    if (failing.has(x)) throw new Error('fails')
    return { x }
  },
})
const task = (task_key: string, x: unknown, ...keys: string[]): TaskSettings => ({
  ...{ task_key, node_task: { entry: 'echo', parameters: { x } } },
  ...(keys.length > 0 && { depends_on: keys.map((key) => ({ task_key: key })) }),
})

describe.each(databases)('resuming on %s', (_name, database) => {
  let serving: ServedPipelines
  beforeAll(async () => {
    serving = await servePipelines([echo], { database })
  })
  afterAll(() => serving?.close())
  beforeEach(() => {
    failing = new Set()
    started.length = 0
  })

  const create = async (tasks: TaskSettings[], more: Partial<JobSettings> = {}) =>
    (await serving.client(CreateJob, { tasks, ...more })).job_id
  const run = async (job_id: number, more: object = {}) =>
    waitForEnd(serving.client, (await serving.client(RunNow, { job_id, ...more })).run_id)
  const originsOf = ({ tasks }: JobRun) =>
    Object.fromEntries(tasks!.map(({ task_key, origin }) => [task_key, origin?.kind]))

  test('takes over results of tasks that succeeded, with values, logs and origin, and runs the rest', async () => {
    failing.add('b')
    const each = { task_key: 'each', for_each_task: { inputs: '[1, 2]', task: task('one', '{{input}}') } }
    const job = await create([
      task('a', 'a'),
      each,
      task('b', 'b', 'a'),
      task('c', '{{tasks.a.values.x}}', 'b'),
    ])
    const failed = await run(job)
    expect(failed.state.result_state).toBe('FAILED')
    failing.clear()
    started.length = 0
    const resumed = await run(job, { resume_from_run_id: failed.run_id })
    expect(resumed).toMatchObject({ state: { result_state: 'SUCCESS' }, resumed_from_run_id: failed.run_id })
    expect(originsOf(resumed)).toEqual({ a: 'RESUMED', each: 'RESUMED', b: undefined, c: undefined })
    expect(started).toEqual(['b', 'a'])
    const [a] = resumed.tasks!
    expect(a!.origin).toEqual({
      ...{ kind: 'RESUMED', run_id: failed.run_id, task_run_id: failed.tasks![0]!.run_id },
    })
    const output = await serving.client(GetRunOutput, { run_id: a!.run_id })
    expect(output).toMatchObject({ node_task_output: { values: { x: 'a' } }, logs: 'echoes a' })
    const again = await run(job, { resume_from_run_id: resumed.run_id })
    expect(again.tasks![0]!.origin).toEqual(a!.origin)
    expect(Object.values(originsOf(again))).toEqual(Array(4).fill('RESUMED'))
  })

  test('runs tasks whose settings changed, and those after them', async () => {
    const job = await create([task('a', 1), task('b', 2, 'a'), task('c', 3)])
    const first = await run(job)
    await serving.client(UpdateJob, { job_id: job, new_settings: { tasks: [task('a', 4)] } })
    expect(originsOf(await run(job, { resume_from_run_id: first.run_id }))).toEqual({ c: 'RESUMED' })
    await serving.client(UpdateJob, { job_id: job, new_settings: { files: { 'a.py': '' } } })
    expect(originsOf(await run(job, { resume_from_run_id: first.run_id }))).toEqual({})
  })

  test.each<[string, (value: string) => Partial<JobSettings>]>([
    [
      'a set',
      (A) => ({
        environment_variables: [{ environment_variables_key: 'set', spec: { variables: { A } } }],
      }),
    ],
    [
      'a shared cluster',
      (A) => ({ job_clusters: [{ job_cluster_key: 'shared', new_cluster: { spark_env_vars: { A } } }] }),
    ],
  ])('runs tasks whose variables of %s changed', async (kind, variables) => {
    const script = (task_key: string): TaskSettings => ({
      ...{ task_key, node_task: { file: 'a.mjs' } },
      ...(kind === 'a set' ? { environment_variables_key: 'set' } : { job_cluster_key: 'shared' }),
    })
    const each = { task_key: 'each', for_each_task: { inputs: '[1]', task: script('one') } }
    const settings = { tasks: [script('a'), each, task('b', 1)], files: { 'a.mjs': '' } }
    const at = (value: string) => ({ ...settings, ...variables(value) }) as JobSettings
    const takenBy = (value: string) => [...tasksToTakeOver(resumed, at(value)).keys()]
    const rows = settings.tasks.map(({ task_key }, i) => ({
      ...newTaskRun(1, task_key, i),
      result: 'SUCCESS',
    }))
    const resumed = { run: { settings: JSON.stringify(at('1')) }, tasks: rows } as never
    expect(takenBy('1')).toEqual(['a', 'each', 'b'])
    expect(takenBy('2')).toEqual(['b'])
  })

  test('after a repair with other parameters takes over the repaired tasks only', async () => {
    const parameters = [{ name: 'p', default: '1' }]
    const job = await create([task('a', '{{job.parameters.p}}'), task('b', 'b')], { parameters })
    failing.add('b')
    const { run_id } = await run(job)
    failing.clear()
    const repair = async (more: object) => {
      await serving.client(RepairRun, { run_id, ...more })
      await waitForEnd(serving.client, run_id)
    }
    await repair({ rerun_tasks: ['b'] })
    expect(originsOf(await run(job, { resume_from_run_id: run_id }))).toEqual({ a: 'RESUMED', b: 'RESUMED' })
    await repair({ rerun_tasks: ['b'], job_parameters: { p: '2' } })
    const resumed = await run(job, { resume_from_run_id: run_id })
    expect(resumed.job_parameters).toEqual([{ name: 'p', default: '1', value: '2' }])
    expect(originsOf(resumed)).toEqual({ b: 'RESUMED' })
  })

  test('keeps the branch of a condition', async () => {
    failing.add('x')
    const condition = { op: 'EQUAL_TO', left: '1', right: '1' } as const
    const on = (outcome: string) => ({ depends_on: [{ task_key: 'if', outcome }] })
    const tasks = [
      { task_key: 'if', condition_task: condition },
      { ...task('x', 'x'), ...on('true') },
      { ...task('y', 'y'), ...on('false') },
    ]
    const job = await create(tasks)
    const failed = await run(job)
    failing.clear()
    const resumed = await run(job, { resume_from_run_id: failed.run_id })
    expect(resultsOf(resumed)).toEqual({ if: 'SUCCESS', x: 'SUCCESS', y: 'EXCLUDED' })
    expect(resumed.tasks![0]!.condition_task!.outcome).toBe('true')
  })

  test('keeps the parameters of the resumed run, and rejects others', async () => {
    const parameters = [{ name: 'p', default: '1' }]
    const job = await create([task('a', '{{job.parameters.p}}')], { parameters })
    const first = await run(job, { job_parameters: { p: '2' } })
    const resumed = await run(job, { resume_from_run_id: first.run_id })
    expect(resumed.job_parameters).toEqual([{ name: 'p', default: '1', value: '2' }])
    expect(originsOf(resumed)).toEqual({ a: 'RESUMED' })
    await expect(run(job, { resume_from_run_id: first.run_id, job_parameters: { p: '3' } })).rejects.toThrow(
      `job_parameters: 'p' had another value in run ${first.run_id}`,
    )
  })

  test('rejects a run of another job, and one that does not exist', async () => {
    const [job, other] = [await create([task('a', 1)]), await create([task('a', 1)])]
    const { run_id } = await run(other)
    for (const id of [run_id, 1])
      await expect(run(job, { resume_from_run_id: id })).rejects.toThrow(
        `resume_from_run_id: ${id} is not a run of job ${job}.`,
      )
  })
})
