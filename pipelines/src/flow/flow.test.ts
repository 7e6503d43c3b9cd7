import { setTimeout as sleep } from 'node:timers/promises'
import { GetRunProgress } from '@cairn/platform/protocol/cairn/run-progress'
import { GetTaskLogs } from '@cairn/platform/protocol/cairn/task-logs'
import { CancelRun, GetRunOutput, RepairRun, RunNow } from '@cairn/platform/protocol/databricks/job-runs'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { backends } from '../testing/backends.js'
import { resultsOf, waitForEnd } from '../testing/client.js'
import { after, loop, loopOf, node, TestFlow, taskOf } from '../testing/flow.js'

describe.each(backends)('conditions and loops on %s', (_name, backend) => {
  const flow = new TestFlow()
  beforeAll(() => flow.start(backend))
  afterAll(() => flow.close())
  beforeEach(() => flow.reset())

  test('takes one branch of a condition, and joins both', async () => {
    const ended = await flow.run([
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
    const ended = await flow.run([
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
    const output = await flow.client(GetRunOutput, { run_id: taskOf(ended, 'c').run_id })
    expect(output.error).toBe("condition_task: left: 'c' is not a number, which LESS_THAN needs.")
  })

  test('runs a task for each input, in order and up to the concurrency', async () => {
    const inputs = Array.from({ length: 101 }, (_, i) => ({ id: i, user: { name: `u${i}` } }))
    const value = { text: '{{input.id}}: {{input.user.name}}', name: '{{input.user.name}}' }
    const ended = await flow.run([
      { task_key: 'each', ...loop(inputs, node('echo', { value }), { concurrency: 3 }) },
      { task_key: 'after', ...after('each'), ...node('echo', { value: '{{tasks.each.values.succeeded}}' }) },
    ])
    expect(resultsOf(ended)).toEqual({ each: 'SUCCESS', after: 'SUCCESS' })
    expect(flow.mostRunning).toBeLessThanOrEqual(3)
    const each = await loopOf(flow.client, ended)
    expect(each.iterations.map(({ iteration, input }) => [iteration, input])).toEqual([...inputs.entries()])
    expect(each.iterations.every(({ state }) => state.result_state === 'SUCCESS')).toBe(true)
    expect(taskOf(ended, 'each').for_each_task!.stats).toEqual({
      task_run_stats: {
        ...{ total_iterations: 101, scheduled_iterations: 101, active_iterations: 0 },
        ...{ completed_iterations: 101, succeeded_iterations: 101, failed_iterations: 0 },
      },
    })
    const output = await flow.client(GetRunOutput, { run_id: each.iterations[7]!.run_id })
    expect(output.node_task_output!.values.value).toEqual({ text: '7: u7', name: 'u7' })
    const { run_id } = ended
    const log = await flow.client(GetTaskLogs, { run_id, task_key: 'each', iteration: 7 })
    expect(log.lines[0]!.message).toBe('echoes {"text":"7: u7","name":"u7"}')
    const progress = await flow.client(GetRunProgress, { run_id })
    expect(progress.tasks.map((task) => [task.task_key, task.progress, task.values])).toEqual([
      ['each', { done: 101, total: 101, unit: 'iterations' }, { iterations: 101, succeeded: 101, failed: 0 }],
      ['after', undefined, { value: 101, again: false }],
    ])
  })

  test('takes inputs from a parameter and from an upstream task, and ends at once without inputs', async () => {
    const job_id = await flow.createJob(
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
    const { run_id } = await flow.client(RunNow, { job_id, job_parameters: { list: '["b", "c"]' } })
    const ended = await waitForEnd(flow.client, run_id)
    expect(resultsOf(ended)).toEqual({
      ...{ list: 'SUCCESS', each: 'SUCCESS', given: 'SUCCESS', none: 'SUCCESS', bad: 'FAILED' },
    })
    expect(taskOf(ended, 'bad').state.state_message).toMatch(/^for_each_task: inputs is not a list/)
    expect((await loopOf(flow.client, ended)).iterations.map(({ input }) => input)).toEqual([
      1,
      'two',
      { three: 3 },
    ])
    expect((await loopOf(flow.client, ended, 'given')).iterations.map(({ input }) => input)).toEqual([
      'b',
      'c',
    ])
    expect((await loopOf(flow.client, ended, 'none')).iterations).toEqual([])
  })

  test('fails a loop over inputs that are nested too deep, and starts the runs after it', async () => {
    const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`
    await expect(flow.createJob([{ task_key: 'each', ...loop(deep) }])).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: 'for_each_task: inputs is nested more than 100 levels deep.',
    })
    const job_id = await flow.createJob(
      [{ task_key: 'each', ...loop('{{job.parameters.p}}', node('waits')) }],
      {
        parameters: [{ name: 'p', default: '[1]' }],
        queue: { enabled: true },
      },
    )
    const first = await flow.client(RunNow, { job_id })
    while (flow.started.length < 1) await sleep(10)
    const second = await flow.client(RunNow, { job_id, job_parameters: { p: deep } })
    const third = await flow.client(RunNow, { job_id, job_parameters: { p: '[]' } })
    await flow.client(CancelRun, { run_id: first.run_id })
    const failed = await waitForEnd(flow.client, second.run_id)
    expect(taskOf(failed, 'each').state.state_message).toBe(
      'for_each_task: inputs is nested more than 100 levels deep.',
    )
    expect((await waitForEnd(flow.client, third.run_id)).state.result_state).toBe('SUCCESS')
  })

  test('continues after a failed iteration, and repairs only the failed ones', async () => {
    flow.failing = new Set(['2', '4'])
    const task = { max_retries: 1, ...node('echo', { value: '{{input}}' }) }
    const run_id = await flow.submit([{ task_key: 'each', ...loop([1, 2, 3, 4], task, { concurrency: 2 }) }])
    const first = await waitForEnd(flow.client, run_id)
    expect(first.state.result_state).toBe('FAILED')
    expect(taskOf(first, 'each').state.state_message).toBe('2 of 4 iterations did not succeed.')
    expect(taskOf(first, 'each').for_each_task!.stats).toMatchObject({
      error_message_stats: [
        { count: 1, error_message: '2 fails', termination_category: 'FAILED' },
        { count: 1, error_message: '4 fails', termination_category: 'FAILED' },
      ],
    })
    expect(flow.started.toSorted()).toEqual(['1', '2', '2', '3', '4', '4'])
    const before = await loopOf(flow.client, first)
    flow.failing = new Set(['4'])
    flow.started.length = 0
    await flow.client(RepairRun, { run_id, rerun_all_failed_tasks: true })
    const second = await waitForEnd(flow.client, run_id)
    expect(flow.started.toSorted()).toEqual(['2', '4', '4'])
    const repaired = await loopOf(flow.client, second)
    expect(repaired.iterations.map(({ state }) => state.result_state)).toEqual([
      ...['SUCCESS', 'SUCCESS', 'SUCCESS', 'FAILED'],
    ])
    expect(repaired.iterations[0]!.run_id).toBe(before.iterations[0]!.run_id)
    expect(repaired.iterations[1]!.run_id).not.toBe(before.iterations[1]!.run_id)
    flow.failing = new Set()
    flow.started.length = 0
    await flow.client(RepairRun, { run_id, rerun_all_failed_tasks: true })
    expect((await waitForEnd(flow.client, run_id)).state.result_state).toBe('SUCCESS')
    expect(flow.started).toEqual(['4'])
    await flow.client(RepairRun, { run_id, rerun_tasks: ['each'] })
    await waitForEnd(flow.client, run_id)
    expect(flow.started).toHaveLength(5) // a repair reruns all iterations of a loop that succeeded
  })

  test('cancels a loop: running iterations stop, waiting ones never start', async () => {
    const task_key = 'each'
    const run_id = await flow.submit([
      { task_key, ...loop([1, 2, 3, 4, 5], node('waits'), { concurrency: 2 }) },
    ])
    while (flow.started.length < 2) await sleep(10)
    await flow.client(CancelRun, { run_id })
    const ended = await waitForEnd(flow.client, run_id)
    expect([ended.state.result_state, resultsOf(ended)]).toEqual(['CANCELED', { each: 'CANCELED' }])
    const { iterations } = await loopOf(flow.client, ended)
    expect(iterations.map(({ state }) => state.result_state)).toEqual(Array(5).fill('CANCELED'))
    expect(flow.started).toHaveLength(2)
  })
})
