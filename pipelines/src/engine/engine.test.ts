import { setTimeout as sleep } from 'node:timers/promises'
import { GetRunProgress } from '@cairn/platform/protocol/cairn/run-progress'
import { GetTaskLogs } from '@cairn/platform/protocol/cairn/task-logs'
import {
  CancelRun,
  GetJobRun,
  GetRunOutput,
  RepairRun,
  RunNow,
  SubmitRun,
} from '@cairn/platform/protocol/databricks/job-runs'
import { CreateJob } from '@cairn/platform/protocol/databricks/jobs'
import type { TaskSettings } from '@cairn/platform/protocol/databricks/task-settings'
import Type from 'typebox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defineTask } from '../task-kinds/task.js'
import { backends } from '../testing/backends.js'
import { resultsOf, waitForEnd } from '../testing/client.js'
import { type ServedPipelines, servePipelines } from '../testing/serve.js'

const events: string[] = []
let failing = new Set<string>()

const number = defineTask({
  entry: 'number',
  parameters: Type.Object({ n: Type.Number() }),
  async run({ parameters, log }) {
    log.info(`the number is ${parameters.n}`)
    return { n: parameters.n, twice: { of: parameters.n * 2 } }
  },
})
const fails = defineTask({
  entry: 'fails',
  parameters: Type.Object({ until: Type.Optional(Type.Integer()) }),
  async run({ parameters, attempt, taskKey, previous }) {
    events.push(`${taskKey} ${attempt} ${previous?.attempt ?? '-'}`)
    if (attempt < (parameters.until ?? Number.POSITIVE_INFINITY))
      throw new Error(`attempt ${attempt} of ${taskKey}`)
    return {}
  },
})
const flaky = defineTask({
  entry: 'flaky',
  parameters: Type.Object({}),
  async run({ taskKey }) {
    if (failing.has(taskKey)) throw new Error('fails on request')
    return { done: taskKey }
  },
})
const waits = defineTask({
  entry: 'waits',
  parameters: Type.Object({}),
  async run({ signal, taskKey }) {
    events.push(`${taskKey} started`)
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
    events.push(`${taskKey} stopped ${Date.now()}`)
    throw signal.reason
  },
})
const calls = defineTask({
  entry: 'calls',
  parameters: Type.Object({}),
  async run({ server, principal, client, runId }) {
    const response = await fetch(`${server.url}/api/2.2/jobs/runs/get?run_id=${runId}`, {
      headers: { authorization: `Bearer ${server.token}` },
    })
    await client(GetJobRun, { run_id: runId }).catch((error: Error) => events.push(error.message))
    return { principal: principal.name, status: response.status, token: server.token }
  },
})

const node = (entry: string, parameters: Record<string, unknown> = {}) => ({
  node_task: { entry, parameters },
})
const after = (...keys: string[]) => ({ depends_on: keys.map((task_key) => ({ task_key })) })

describe.each(backends)('runs on %s', (_name, backend) => {
  let serving: ServedPipelines
  beforeAll(async () => {
    serving = await servePipelines([number, fails, flaky, waits, calls], backend)
  })
  afterAll(() => serving?.close())
  const submit = async (tasks: TaskSettings[], more: object = {}) =>
    (await serving.client(SubmitRun, { tasks, ...more })).run_id

  test('passes values to downstream tasks with their types, and keeps logs and outputs', async () => {
    const { job_id } = await serving.client(CreateJob, {
      name: 'flow',
      parameters: [{ name: 'n', default: '3' }],
      tasks: [
        { task_key: 'a', ...node('number', { n: 20 }) },
        { task_key: 'b', ...after('a'), ...node('number', { n: '{{tasks.a.values.n}}' }) },
        { task_key: 'c', ...node('number', { n: '{{job.parameters.n}}' }) },
      ],
    })
    const { run_id } = await serving.client(RunNow, { job_id, job_parameters: { n: '7' } })
    const run = await waitForEnd(serving.client, run_id)
    expect(run).toMatchObject({
      state: { life_cycle_state: 'TERMINATED', result_state: 'SUCCESS' },
      status: { state: 'TERMINATED', termination_details: { code: 'SUCCESS', type: 'SUCCESS' } },
      job_parameters: [{ name: 'n', default: '3', value: '7' }],
    })
    const progress = await serving.client(GetRunProgress, { run_id })
    expect(progress.tasks.map((task) => task.values)).toEqual([
      { n: 20, twice: { of: 40 } },
      { n: 20, twice: { of: 40 } },
      { n: 7, twice: { of: 14 } },
    ])
    const log = await serving.client(GetTaskLogs, { run_id, task_key: 'b' })
    expect(log).toMatchObject({
      lines: [{ line: 0, attempt: 1, message: 'the number is 20' }],
      next_offset: 1,
      ended: true,
    })
    const output = await serving.client(GetRunOutput, { run_id: run.tasks![2]!.run_id })
    expect(output).toMatchObject({
      node_task_output: { values: { n: 7 } },
      logs: 'the number is 7',
      logs_truncated: false,
    })
  })

  test('retries a task up to its limit, with a reference to the previous attempt', async () => {
    events.length = 0
    const run = await waitForEnd(
      serving.client,
      await submit([
        { task_key: 'third', max_retries: 2, min_retry_interval_millis: 10, ...node('fails', { until: 3 }) },
        { task_key: 'never', max_retries: 1, ...node('fails') },
        { task_key: 'behind', ...after('never'), ...node('number', { n: 1 }) },
        { task_key: 'clean', ...after('never'), run_if: 'AT_LEAST_ONE_FAILED', ...node('number', { n: 1 }) },
      ]),
    )
    expect(resultsOf(run)).toEqual({
      third: 'SUCCESS',
      never: 'FAILED',
      behind: 'UPSTREAM_FAILED',
      clean: 'SUCCESS',
    })
    expect(run.state.result_state).toBe('FAILED')
    expect(events.toSorted()).toEqual(['never 1 -', 'never 2 1', 'third 1 -', 'third 2 1', 'third 3 2'])
    const never = run.tasks!.find((task) => task.task_key === 'never')!
    const output = await serving.client(GetRunOutput, { run_id: never.run_id })
    expect(output.error).toBe('attempt 2 of never')
    expect(output.error_trace).toContain('engine.test.ts')
    expect(output.metadata.status.termination_details).toMatchObject({ code: 'RUN_EXECUTION_ERROR' })
  })

  test('aborts a running task on cancel, and starts no others', async () => {
    events.length = 0
    const run_id = await submit([
      { task_key: 'w', ...node('waits') },
      { task_key: 'next', ...after('w'), run_if: 'ALL_DONE', ...node('flaky') },
    ])
    while (!events.includes('w started')) await sleep(10)
    await serving.client(CancelRun, { run_id })
    const run = await waitForEnd(serving.client, run_id)
    expect(events[1]).toMatch(/^w stopped/)
    expect(events).toHaveLength(2)
    expect(run.state).toMatchObject({
      ...{ result_state: 'CANCELED', user_cancelled_or_timedout: true },
      state_message: 'The run was canceled.',
    })
    expect(run.tasks![0]!.state.state_message).toBe('The run was canceled.')
    expect(resultsOf(run)).toEqual({ w: 'CANCELED', next: 'CANCELED' })
    await serving.client(CancelRun, { run_id }) // Idempotent.
    expect((await waitForEnd(serving.client, run_id)).state.result_state).toBe('CANCELED')
  })

  test('stops a task and a run that exceed their timeout', async () => {
    const task = await submit([{ task_key: 'w', timeout_seconds: 1, ...node('waits') }])
    const whole = await submit([{ task_key: 'w', ...node('waits') }], { timeout_seconds: 1 })
    expect((await waitForEnd(serving.client, task)).state.result_state).toBe('FAILED')
    expect(resultsOf(await waitForEnd(serving.client, task))).toEqual({ w: 'TIMEDOUT' })
    const { state, status, tasks } = await waitForEnd(serving.client, whole)
    expect(state.result_state).toBe('TIMEDOUT')
    expect(status.termination_details?.code).toBe('CANCELED')
    expect(tasks![0]!.state.state_message).toBe('The run exceeded its timeout.')
    expect(status.termination_details?.message).toBe('The run exceeded its timeout.')
  })

  test('reruns failed tasks in the same run on repair, and keeps the history', async () => {
    failing = new Set(['b'])
    const run_id = await submit([
      { task_key: 'a', ...node('flaky') },
      { task_key: 'b', ...after('a'), ...node('flaky') },
      { task_key: 'c', ...after('b'), ...node('flaky') },
    ])
    const first = await waitForEnd(serving.client, run_id)
    expect(resultsOf(first)).toEqual({ a: 'SUCCESS', b: 'FAILED', c: 'UPSTREAM_FAILED' })
    failing = new Set()
    const { repair_id } = await serving.client(RepairRun, { run_id, rerun_all_failed_tasks: true })
    const second = await waitForEnd(serving.client, run_id)
    expect([second.state.result_state, resultsOf(second)]).toEqual([
      'SUCCESS',
      { a: 'SUCCESS', b: 'SUCCESS', c: 'SUCCESS' },
    ])
    expect(second.tasks![0]!.run_id).toBe(first.tasks![0]!.run_id)
    expect(second.tasks![1]!.run_id).not.toBe(first.tasks![1]!.run_id)
    expect(second.repair_history).toMatchObject([
      {
        type: 'ORIGINAL',
        state: { result_state: 'FAILED' },
        task_run_ids: first.tasks!.map((task) => task.run_id),
      },
      { type: 'REPAIR', id: repair_id, state: { result_state: 'SUCCESS' } },
    ])
    await expect(serving.client(RepairRun, { run_id, rerun_all_failed_tasks: true })).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
    })
    failing = new Set(['a'])
    await serving.client(RepairRun, { run_id, rerun_tasks: ['a'] })
    const third = await waitForEnd(serving.client, run_id)
    failing = new Set()
    expect(third.repair_history!.map(({ state }) => state.result_state)).toEqual([
      'FAILED',
      'SUCCESS',
      'SUCCESS_WITH_FAILURES',
    ])
    expect(third.repair_history![0]!.end_time).toBe(first.end_time)
  })

  test('runs each attempt as the principal of the task, with a token that is revoked afterwards', async () => {
    const { identities, grants, authorizer } = serving.context
    const trainer = await identities.create('service_principal', 'trainer')
    await identities.create('service_principal', 'stranger')
    const change = [{ principal_id: trainer.id, add: ['READ JOBS' as const], remove: [] }]
    await grants.change(authorizer.metastore[0], change, { id: 'local-owner', type: 'user', name: 'owner' })
    events.length = 0
    const run = await waitForEnd(
      serving.client,
      await submit([
        { task_key: 'owner', ...node('calls') },
        { task_key: 'trainer', run_as: { service_principal_name: 'trainer' }, ...node('calls') },
        { task_key: 'stranger', run_as: { service_principal_name: 'stranger' }, ...node('calls') },
        { task_key: 'nobody', run_as: { service_principal_name: 'nobody' }, ...node('calls') },
      ]),
    )
    const { tasks } = await serving.client(GetRunProgress, { run_id: run.run_id })
    expect(tasks.map((task) => [task.task_key, task.values?.principal, task.values?.status])).toEqual([
      ['owner', 'owner', 200],
      ['trainer', 'trainer', 200],
      ['stranger', 'stranger', 404],
      ['nobody', undefined, undefined],
    ])
    expect(events).toEqual([`Run ${run.run_id} does not exist.`]) // hidden from the other principal
    expect(tasks[3]).toMatchObject({
      result: 'FAILED',
      message: "run_as: the principal 'nobody' does not exist.",
    })
    const stale = await fetch(`${serving.url}/api/2.2/jobs/list`, {
      headers: { authorization: `Bearer ${tasks[1]!.values!.token}` },
    })
    expect(stale.status).toBe(401)
  })

  test('skips a second run of a job that allows one, or queues it if the queue is enabled', async () => {
    events.length = 0
    const { job_id } = await serving.client(CreateJob, {
      name: 'one',
      tasks: [{ task_key: 'w', ...node('waits') }],
    })
    const first = await serving.client(RunNow, { job_id, idempotency_token: 'once' })
    expect(await serving.client(RunNow, { job_id, idempotency_token: 'once' })).toEqual(first)
    const skipped = await serving.client(RunNow, { job_id })
    expect((await waitForEnd(serving.client, skipped.run_id)).state).toMatchObject({
      life_cycle_state: 'SKIPPED',
      result_state: 'MAXIMUM_CONCURRENT_RUNS_REACHED',
    })
    const waiting = await serving.client(RunNow, { job_id, queue: { enabled: true } })
    expect([first, skipped, waiting].map((run) => run.number_in_job)).toEqual([1, 2, 3])
    while (!events.includes('w started')) await sleep(10)
    // The engine has done other work by now, and would have started the queued run.
    await waitForEnd(serving.client, await submit([{ task_key: 'a', ...node('number', { n: 1 }) }]))
    expect(events).toEqual(['w started'])
    await serving.client(CancelRun, { run_id: first.run_id })
    await waitForEnd(serving.client, first.run_id)
    while (events.filter((event) => event === 'w started').length < 2) await sleep(10)
    await serving.client(CancelRun, { run_id: waiting.run_id })
    await waitForEnd(serving.client, waiting.run_id)
  })

  test('announces the start and the end of a run', async () => {
    const { mailbox, unsubscribe } = await serving.context.events.feed.subscribe()
    const run_id = await submit([{ task_key: 'a', ...node('waits') }])
    const announced = async () => {
      for (;;) {
        const delivery = await mailbox.take(60_000)
        if (!delivery || delivery === 'closed') throw new Error('no event arrived')
        const changes = delivery.changes.map(({ change }) => change)
        if (changes.some((change) => change.type === 'job_run' && change.run_id === String(run_id))) return
      }
    }
    await announced()
    await serving.client(CancelRun, { run_id })
    await announced()
    await waitForEnd(serving.client, run_id)
    unsubscribe()
  })
})
