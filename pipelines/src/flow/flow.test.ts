import { setTimeout as sleep } from 'node:timers/promises'
import {
  CancelRun,
  GetJobRun,
  GetRunOutput,
  GetRunProgress,
  GetTaskLogs,
  type JobRun,
  ListJobRuns,
  RepairRun,
  RunNow,
  SubmitRun,
} from '@cairn/platform/protocol/job-runs'
import { CreateJob, type JobSettings, UpdateJob } from '@cairn/platform/protocol/jobs'
import type { TaskSettings } from '@cairn/platform/protocol/task-settings'
import Type from 'typebox'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { PipelinesSchema } from '../schema.js'
import { defineTask } from '../task-kinds/task.js'
import { backends } from '../testing/backends.js'
import { resultsOf, waitForEnd } from '../testing/client.js'
import { existingDatabase, type ServedPipelines, servePipelines } from '../testing/serve.js'

let failing = new Set<string>()
let running = 0
let mostRunning = 0
const started: string[] = []

const echo = defineTask({
  entry: 'echo',
  parameters: Type.Object({ value: Type.Unknown() }),
  async run({ parameters: { value }, log, previous }) {
    log.info(`echoes ${JSON.stringify(value)}`)
    started.push(JSON.stringify(value))
    running++
    mostRunning = Math.max(mostRunning, running)
    await sleep(5)
    running--
    if (failing.has(JSON.stringify(value))) throw new Error(`${JSON.stringify(value)} fails`)
    return { value, again: previous !== undefined }
  },
})
const odd = defineTask({
  entry: 'odd',
  parameters: Type.Object({}),
  run: async () => ({ value: 'x\0' }),
})
const waits = defineTask({
  entry: 'waits',
  parameters: Type.Object({}),
  async run({ signal }) {
    started.push('waits')
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
    throw signal.reason
  },
})

const node = (entry: string, parameters: Record<string, unknown> = {}) => ({
  node_task: { entry, parameters },
})
const after = (...keys: string[]) => ({ depends_on: keys.map((task_key) => ({ task_key })) })
const loop = (inputs: unknown, task: object = node('echo', { value: '{{input}}' }), more: object = {}) => ({
  for_each_task: {
    inputs: typeof inputs === 'string' ? inputs : JSON.stringify(inputs),
    task: { task_key: 'one', ...task },
    ...more,
  },
})

describe.each(backends)('control flow on %s', (_name, backend) => {
  let serving: ServedPipelines
  beforeAll(async () => {
    serving = await servePipelines([echo, odd, waits], backend)
  })
  afterAll(() => serving?.close())
  beforeEach(() => {
    failing = new Set()
    started.length = 0
    mostRunning = 0
  })
  const submit = async (tasks: TaskSettings[], more: object = {}) =>
    (await serving.client(SubmitRun, { tasks, ...more })).run_id
  const run = async (tasks: TaskSettings[]) => waitForEnd(serving.client, await submit(tasks))
  const createJob = async (tasks: TaskSettings[], more: Partial<JobSettings> = {}) =>
    (await serving.client(CreateJob, { name: 'child', tasks, ...more })).job_id
  const taskOf = ({ tasks }: JobRun, key: string) => tasks!.find((task) => task.task_key === key)!
  /** The run of a task, with all of its iterations. */
  const loopOf = async (parent: JobRun, key = 'each') => {
    const { run_id } = taskOf(parent, key)
    const first = await serving.client(GetJobRun, { run_id })
    const iterations = [...first.iterations!]
    for (let page = first; page.next_page_token; ) {
      page = await serving.client(GetJobRun, { run_id, page_token: page.next_page_token })
      iterations.push(...page.iterations!)
    }
    return { ...first, iterations }
  }

  test('takes one branch of a condition, and joins both', async () => {
    const ended = await run([
      { task_key: 'count', ...node('echo', { value: 7 }) },
      {
        task_key: 'if',
        ...after('count'),
        condition_task: { op: 'GREATER_THAN', left: '{{tasks.count.values.value}}', right: '6.5' },
      },
      { task_key: 'yes', depends_on: [{ task_key: 'if', outcome: 'true' }], ...node('echo', { value: 1 }) },
      { task_key: 'no', depends_on: [{ task_key: 'if', outcome: 'false' }], ...node('echo', { value: 2 }) },
      { task_key: 'elsewhere', ...after('no'), ...node('echo', { value: 3 }) },
      { task_key: 'join', ...after('yes', 'no'), ...node('echo', { value: 4 }) },
    ])
    expect(resultsOf(ended)).toEqual({
      ...{ count: 'SUCCESS', if: 'SUCCESS', yes: 'SUCCESS', no: 'EXCLUDED', elsewhere: 'EXCLUDED' },
      join: 'SUCCESS',
    })
    expect(ended.state.result_state).toBe('SUCCESS')
    expect(taskOf(ended, 'if').condition_task).toEqual({
      ...{ op: 'GREATER_THAN', left: '{{tasks.count.values.value}}', right: '6.5' },
      outcome: 'true',
    })
    expect(taskOf(ended, 'no').depends_on).toEqual([{ task_key: 'if', outcome: 'false' }])
  })

  test('decides chains of conditions without a worker, and fails one that orders texts', async () => {
    const condition = (left: string) => ({ condition_task: { op: 'LESS_THAN' as const, left, right: '5' } })
    const ended = await run([
      { task_key: 'a', ...condition('1') },
      { task_key: 'b', ...after('a'), ...condition('{{task.run_id}}') },
      { task_key: 'c', ...after('b'), ...condition('{{task.name}}') },
      { task_key: 'd', depends_on: [{ task_key: 'c', outcome: 'true' }], ...condition('1') },
      { task_key: 'odd', ...node('odd') },
      { task_key: 'e', ...after('odd'), ...condition('{{tasks.odd.values.value}}') },
    ])
    expect(resultsOf(ended)).toEqual({
      ...{ a: 'SUCCESS', b: 'SUCCESS', c: 'FAILED', d: 'UPSTREAM_FAILED', odd: 'SUCCESS', e: 'FAILED' },
    })
    expect(taskOf(ended, 'b').condition_task!.outcome).toBe('false')
    const output = await serving.client(GetRunOutput, { run_id: taskOf(ended, 'c').run_id })
    expect(output.error).toBe("condition_task: left: 'c' is not a number, which LESS_THAN needs.")
  })

  test('runs a task for each input, in order and up to the concurrency', async () => {
    const inputs = Array.from({ length: 101 }, (_, i) => ({ id: i, user: { name: `u${i}` } }))
    const value = { text: '{{input.id}}: {{input.user.name}}', name: '{{input.user.name}}' }
    const ended = await run([
      { task_key: 'each', ...loop(inputs, node('echo', { value }), { concurrency: 3 }) },
      { task_key: 'after', ...after('each'), ...node('echo', { value: '{{tasks.each.values.succeeded}}' }) },
    ])
    expect(resultsOf(ended)).toEqual({ each: 'SUCCESS', after: 'SUCCESS' })
    expect(mostRunning).toBeLessThanOrEqual(3)
    const each = await loopOf(ended)
    expect(each.iterations.map(({ iteration, input }) => [iteration, input])).toEqual([...inputs.entries()])
    expect(each.iterations.every(({ state }) => state.result_state === 'SUCCESS')).toBe(true)
    expect(taskOf(ended, 'each').for_each_task!.stats).toEqual({
      task_run_stats: {
        ...{ total_iterations: 101, scheduled_iterations: 101, active_iterations: 0 },
        ...{ completed_iterations: 101, succeeded_iterations: 101, failed_iterations: 0 },
      },
    })
    const output = await serving.client(GetRunOutput, { run_id: each.iterations[7]!.run_id })
    expect(output.node_task_output!.values.value).toEqual({ text: '7: u7', name: 'u7' })
    const { run_id } = ended
    const log = await serving.client(GetTaskLogs, { run_id, task_key: 'each', iteration: 7 })
    expect(log.lines[0]!.message).toBe('echoes {"text":"7: u7","name":"u7"}')
    const progress = await serving.client(GetRunProgress, { run_id })
    expect(progress.tasks.map((task) => [task.task_key, task.progress, task.values])).toEqual([
      ['each', { done: 101, total: 101, unit: 'iterations' }, { iterations: 101, succeeded: 101, failed: 0 }],
      ['after', undefined, { value: 101, again: false }],
    ])
  })

  test('takes inputs from a parameter and from an upstream task, and ends at once without inputs', async () => {
    const job_id = await createJob(
      [
        { task_key: 'list', ...node('echo', { value: [1, 'two', { three: 3 }] }) },
        { task_key: 'each', ...after('list'), ...loop('{{tasks.list.values.value}}') },
        {
          task_key: 'given',
          ...loop('{{job.parameters.list}}', { ...node('echo', { value: '{{input}}' }), task_key: 'two' }),
        },
        { task_key: 'none', ...loop([], { ...node('waits'), task_key: 'three' }) },
        { task_key: 'bad', ...loop('{{job.parameters.no}}', { ...node('waits'), task_key: 'four' }) },
      ],
      {
        parameters: [
          { name: 'list', default: '["a"]' },
          { name: 'no', default: '{}' },
        ],
      },
    )
    const { run_id } = await serving.client(RunNow, { job_id, job_parameters: { list: '["b", "c"]' } })
    const ended = await waitForEnd(serving.client, run_id)
    expect(resultsOf(ended)).toEqual({
      ...{ list: 'SUCCESS', each: 'SUCCESS', given: 'SUCCESS', none: 'SUCCESS', bad: 'FAILED' },
    })
    expect(taskOf(ended, 'bad').state.state_message).toMatch(/^for_each_task: inputs is not a list/)
    expect((await loopOf(ended)).iterations.map(({ input }) => input)).toEqual([1, 'two', { three: 3 }])
    expect((await loopOf(ended, 'given')).iterations.map(({ input }) => input)).toEqual(['b', 'c'])
    expect((await loopOf(ended, 'none')).iterations).toEqual([])
  })

  test('fails a loop over inputs that are nested too deep, and starts the runs after it', async () => {
    const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`
    await expect(createJob([{ task_key: 'each', ...loop(deep) }])).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: 'for_each_task: inputs is nested more than 100 levels deep.',
    })
    const job_id = await createJob([{ task_key: 'each', ...loop('{{job.parameters.p}}', node('waits')) }], {
      parameters: [{ name: 'p', default: '[1]' }],
      queue: { enabled: true },
    })
    const first = await serving.client(RunNow, { job_id })
    while (started.length < 1) await sleep(10)
    const second = await serving.client(RunNow, { job_id, job_parameters: { p: deep } })
    const third = await serving.client(RunNow, { job_id, job_parameters: { p: '[]' } })
    await serving.client(CancelRun, { run_id: first.run_id })
    const failed = await waitForEnd(serving.client, second.run_id)
    expect(taskOf(failed, 'each').state.state_message).toBe(
      'for_each_task: inputs is nested more than 100 levels deep.',
    )
    expect((await waitForEnd(serving.client, third.run_id)).state.result_state).toBe('SUCCESS')
  })

  test('continues after a failed iteration, and repairs only the failed ones', async () => {
    failing = new Set(['2', '4'])
    const task = { max_retries: 1, ...node('echo', { value: '{{input}}' }) }
    const run_id = await submit([{ task_key: 'each', ...loop([1, 2, 3, 4], task, { concurrency: 2 }) }])
    const first = await waitForEnd(serving.client, run_id)
    expect(first.state.result_state).toBe('FAILED')
    expect(taskOf(first, 'each').state.state_message).toBe('2 of 4 iterations did not succeed.')
    expect(taskOf(first, 'each').for_each_task!.stats).toMatchObject({
      error_message_stats: [
        { count: 1, error_message: '2 fails', termination_category: 'FAILED' },
        { count: 1, error_message: '4 fails', termination_category: 'FAILED' },
      ],
    })
    expect(started.toSorted()).toEqual(['1', '2', '2', '3', '4', '4'])
    const before = await loopOf(first)
    failing = new Set(['4'])
    started.length = 0
    await serving.client(RepairRun, { run_id, rerun_all_failed_tasks: true })
    const second = await waitForEnd(serving.client, run_id)
    expect(started.toSorted()).toEqual(['2', '4', '4'])
    const repaired = await loopOf(second)
    expect(repaired.iterations.map(({ state }) => state.result_state)).toEqual([
      ...['SUCCESS', 'SUCCESS', 'SUCCESS', 'FAILED'],
    ])
    expect(repaired.iterations[0]!.run_id).toBe(before.iterations[0]!.run_id)
    expect(repaired.iterations[1]!.run_id).not.toBe(before.iterations[1]!.run_id)
    failing = new Set()
    started.length = 0
    await serving.client(RepairRun, { run_id, rerun_all_failed_tasks: true })
    expect((await waitForEnd(serving.client, run_id)).state.result_state).toBe('SUCCESS')
    expect(started).toEqual(['4'])
    await serving.client(RepairRun, { run_id, rerun_tasks: ['each'] })
    await waitForEnd(serving.client, run_id)
    expect(started).toHaveLength(5) // a repair reruns all iterations of a loop that succeeded
  })

  test('cancels a loop: running iterations stop, waiting ones never start', async () => {
    const task_key = 'each'
    const run_id = await submit([{ task_key, ...loop([1, 2, 3, 4, 5], node('waits'), { concurrency: 2 }) }])
    while (started.length < 2) await sleep(10)
    await serving.client(CancelRun, { run_id })
    const ended = await waitForEnd(serving.client, run_id)
    expect([ended.state.result_state, resultsOf(ended)]).toEqual(['CANCELED', { each: 'CANCELED' }])
    const { iterations } = await loopOf(ended)
    expect(iterations.map(({ state }) => state.result_state)).toEqual(Array(5).fill('CANCELED'))
    expect(started).toHaveLength(2)
  })

  test('runs another job and waits for its end', async () => {
    const child = await createJob([{ task_key: 'c', ...node('echo', { value: '{{job.parameters.x}}' }) }], {
      parameters: [{ name: 'x', default: 'default' }],
      max_concurrent_runs: 5,
    })
    const parameters = { x: '{{input}}!' }
    const ended = await run([
      { task_key: 'job', run_job_task: { job_id: child } },
      {
        task_key: 'each',
        ...loop(['a', 'b'], { run_job_task: { job_id: child, job_parameters: parameters } }),
      },
      { task_key: 'next', ...after('job'), ...node('echo', { value: '{{tasks.job.values.result}}' }) },
    ])
    expect(resultsOf(ended)).toEqual({ job: 'SUCCESS', each: 'SUCCESS', next: 'SUCCESS' })
    expect(started.toSorted()).toEqual(['"SUCCESS"', '"a!"', '"b!"', '"default"'])
    const task = taskOf(ended, 'job')
    const output = await serving.client(GetRunOutput, { run_id: task.run_id })
    const { run_id } = output.run_job_output!
    expect(await serving.client(GetJobRun, { run_id })).toMatchObject({
      ...{ job_id: child, trigger: 'RUN_JOB_TASK', trigger_info: { run_id: task.run_id } },
    })
    const { runs } = await serving.client(ListJobRuns, { job_id: child })
    expect(runs).toHaveLength(3)
  })

  test('starts each run of another job once, on two servers', async () => {
    const database = existingDatabase(serving.context.config.database_url)
    const second = await servePipelines([echo], { ...backend, database })
    const child = await createJob([{ task_key: 'c', ...node('echo', { value: 1 }) }], {
      max_concurrent_runs: 100,
    })
    const task = { run_job_task: { job_id: child } }
    const ended = await run([{ task_key: 'each', ...loop(Array(20).fill(0), task, { concurrency: 10 }) }])
    await second.close()
    expect(resultsOf(ended)).toEqual({ each: 'SUCCESS' })
    expect((await serving.client(ListJobRuns, { job_id: child, limit: 100 })).runs).toHaveLength(20)
    expect(started).toHaveLength(20)
  })

  test('fails with the other job, retries it in a new run, and times out', async () => {
    failing = new Set(['1'])
    const child = await createJob([{ task_key: 'c', ...node('echo', { value: 1 }) }])
    const slow = await createJob([{ task_key: 'c', ...node('waits') }])
    const ended = await run([
      { task_key: 'job', max_retries: 1, run_job_task: { job_id: child } },
      { task_key: 'none', run_job_task: { job_id: 1 } },
      { task_key: 'slow', timeout_seconds: 1, run_job_task: { job_id: slow } },
    ])
    expect(resultsOf(ended)).toEqual({ job: 'FAILED', none: 'FAILED', slow: 'TIMEDOUT' })
    expect(taskOf(ended, 'job').state.state_message).toMatch(
      /^Run \d+ of job \d+ ended with FAILED\. Failed: c$/,
    )
    expect(taskOf(ended, 'none').state.state_message).toBe('Job 1 does not exist.')
    expect((await serving.client(ListJobRuns, { job_id: child })).runs).toHaveLength(2)
    const [stopped] = (await serving.client(ListJobRuns, { job_id: slow })).runs
    expect(stopped!.state.result_state).toBe('CANCELED')
  })

  test('cancels the run of the other job with the run of the task', async () => {
    const child = await createJob([{ task_key: 'c', ...node('waits') }])
    const run_id = await submit([{ task_key: 'job', run_job_task: { job_id: child } }])
    while (started.length < 1) await sleep(10)
    await serving.client(CancelRun, { run_id })
    const ended = await waitForEnd(serving.client, run_id)
    expect([ended.state.result_state, resultsOf(ended)]).toEqual(['CANCELED', { job: 'CANCELED' }])
    const { runs } = await serving.client(ListJobRuns, { job_id: child })
    expect(runs.map(({ state }) => state.result_state)).toEqual(['CANCELED'])
  })

  test('refuses jobs that run each other, when they are saved and when they are run', async () => {
    const first = await createJob([{ task_key: 'a', ...node('echo', { value: 1 }) }])
    const second = await createJob([{ task_key: 'b', run_job_task: { job_id: first } }])
    const third = await createJob([{ task_key: 'c', ...loop([1], { run_job_task: { job_id: second } }) }])
    const tasks = [{ task_key: 'a', run_job_task: { job_id: third } }]
    await expect(serving.client(UpdateJob, { job_id: first, new_settings: { tasks } })).rejects.toMatchObject(
      {
        code: 'INVALID_PARAMETER_VALUE',
        message: `run_job_task: job ${first} would run itself again, through the jobs that it runs.`,
      },
    )
    await serving.context.db.for<{ jobs: { job_id: number; settings: string } }>().transaction((tx) =>
      tx
        .updateTable('jobs')
        .set({ settings: JSON.stringify({ tasks }) })
        .where('job_id', '=', first)
        .execute(),
    )
    const { run_id } = await serving.client(RunNow, { job_id: second })
    const ended = await waitForEnd(serving.client, run_id)
    expect(taskOf(ended, 'b').state.state_message).toBe(
      `run_job_task: job ${second} would run itself again, through the jobs that it runs.`,
    )
  })

  test('runs jobs that run each other five levels deep', async () => {
    let job_id = await createJob([{ task_key: 'a', ...node('echo', { value: 1 }) }])
    const jobs = [job_id]
    for (let i = 0; i < 6; i++) {
      job_id = await createJob([{ task_key: 'a', run_job_task: { job_id } }])
      jobs.push(job_id)
    }
    const { run_id } = await serving.client(RunNow, { job_id: jobs[5]! })
    expect((await waitForEnd(serving.client, run_id)).state.result_state).toBe('SUCCESS')
    const deeper = await serving.client(RunNow, { job_id })
    expect((await waitForEnd(serving.client, deeper.run_id)).state.result_state).toBe('FAILED')
    const [last] = (await serving.client(ListJobRuns, { job_id: jobs[1]! })).runs
    const { tasks } = await serving.client(GetJobRun, { run_id: last!.run_id })
    expect(tasks![0]!.state.state_message).toBe('run_job_task: jobs run each other at most 5 levels deep.')
  })

  test('starts the run of another job under an unguessable idempotency token', async () => {
    const child = await createJob([{ task_key: 'c', ...node('echo', { value: 1 }) }])
    await run([{ task_key: 'job', run_job_task: { job_id: child } }])
    const [row] = await serving.context.db
      .for<PipelinesSchema>()
      .read.selectFrom('job_runs')
      .select('idempotency_key')
      .where('job_id', '=', child)
      .execute()
    expect(row!.idempotency_key).toMatch(new RegExp(`^job:${child}:run-job-1-[0-9a-f]{32}$`))
  })

  test('runs another job with the rights of the principal that the task runs as', async () => {
    const { identities, grants } = serving.context
    const robot = await identities.create('service_principal', `robot-${Date.now()}`)
    const child = await createJob([{ task_key: 'c', ...node('echo', { value: 1 }) }])
    const tasks = [
      { task_key: 'job', run_as: { service_principal_name: robot.name }, run_job_task: { job_id: child } },
    ]
    const refused = await run(tasks)
    expect(taskOf(refused, 'job').state.state_message).toBe(`Job ${child} does not exist.`)
    const owner = { id: 'local-owner', type: 'user', name: 'owner' } as const
    const change = [{ principal_id: robot.id, add: ['READ JOBS', 'RUN JOBS'] as const, remove: [] }]
    await grants.change({ type: 'job', id: String(child) } as never, change as never, owner)
    expect((await run(tasks)).state.result_state).toBe('SUCCESS')
    const [last] = (await serving.client(ListJobRuns, { job_id: child })).runs
    expect(last!.creator_user_name).toBe(robot.name)
  })
})
