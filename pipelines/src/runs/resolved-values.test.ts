import { GetJobRun, RunNow } from '@cairn/platform/protocol/databricks/job-runs'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PipelinesSchema } from '../schema.js'
import { waitForEnd } from '../testing/client.js'
import { after, loop, node, TestFlow, taskOf } from '../testing/flow.js'

describe.each(databases)('resolved values of tasks on %s', (_name, database) => {
  const flow = new TestFlow()
  beforeAll(() => flow.start({ database }))
  afterAll(() => flow.close())

  const resolved = (run_id: number, page_token?: string) =>
    flow.client(GetJobRun, { run_id, include_resolved_values: true, ...(page_token && { page_token }) })

  test('have the values of parameters of the job, of upstream tasks and of other jobs', async () => {
    const other = await flow.createJob([{ task_key: 'x', ...node('echo', { value: 1 }) }], {
      parameters: [{ name: 'size', default: '0' }],
    })
    const job_id = await flow.createJob(
      [
        { task_key: 'first', ...node('echo', { value: ['{{job.parameters.size}}', 7] }) },
        {
          task_key: 'text',
          ...node('echo', { value: 'is {{tasks.first.values.value}}' }),
          ...after('first'),
        },
        {
          task_key: 'large',
          condition_task: { op: 'GREATER_THAN', left: '{{job.parameters.size}}', right: '3' },
          ...after('first'),
        },
        {
          task_key: 'child',
          run_job_task: { job_id: other, job_parameters: { size: 'of {{task.name}}' } },
          ...after('first'),
        },
        {
          task_key: 'never',
          ...node('echo', { value: '{{task.name}}' }),
          depends_on: [{ task_key: 'large', outcome: 'false' }],
        },
      ],
      { parameters: [{ name: 'size', default: '1' }] },
    )
    const { run_id } = await flow.client(RunNow, { job_id, job_parameters: { size: '5' } })
    await waitForEnd(flow.client, run_id)
    const run = await resolved(run_id)
    const valuesOf = (key: string) => taskOf(run, key).resolved_values
    expect(valuesOf('first')).toEqual({ node_task: { parameters: { value: ['5', 7] } } })
    expect(valuesOf('text')).toEqual({ node_task: { parameters: { value: 'is ["5",7]' } } })
    expect(valuesOf('large')).toEqual({ condition_task: { left: '5', right: '3' } })
    expect(valuesOf('child')).toEqual({ run_job_task: { job_parameters: { size: 'of child' } } })
    expect(valuesOf('never')).toBeUndefined()
    const { tasks } = await resolved(taskOf(run, 'text').run_id)
    expect(tasks![0]!.resolved_values).toEqual(valuesOf('text'))
    const plain = await flow.client(GetJobRun, { run_id })
    expect(plain.tasks!.filter(({ resolved_values }) => resolved_values)).toEqual([])
    expect(taskOf(plain, 'text').node_task).toEqual(taskOf(run, 'text').node_task)
  })

  test('have the input of each iteration', async () => {
    const run = await flow.run([{ task_key: 'each', ...loop([1, { id: 2 }]) }])
    const { iterations } = await resolved(taskOf(run, 'each').run_id)
    expect(iterations!.map(({ resolved_values }) => resolved_values)).toEqual(
      [1, { id: 2 }].map((value) => ({ node_task: { parameters: { value } } })),
    )
  })

  test('are absent for a task with a reference without a value, and keep references to secrets', async () => {
    const run = await flow.run([
      { task_key: 'first', ...node('echo', { value: 1 }) },
      { task_key: 'broken', ...node('echo', { value: '{{tasks.first.values.nothing}}' }), ...after('first') },
      {
        task_key: 'secret',
        notebook_task: {
          notebook_path: '/Shared/none.py',
          base_parameters: { key: '{{secrets/scope/key}}', who: '{{task.name}}' },
        },
      },
    ])
    const { tasks } = await resolved(run.run_id)
    const valuesOf = (key: string) => tasks!.find(({ task_key }) => task_key === key)!.resolved_values
    expect(valuesOf('broken')).toBeUndefined()
    expect(valuesOf('secret')).toEqual({
      notebook_task: { base_parameters: { key: '{{secrets/scope/key}}', who: 'secret' } },
    })
  })

  test('are limited in a response, not in the run of a task', async () => {
    const long = 'x'.repeat(200_000)
    const keys = Array.from({ length: 7 }, (_, n) => `t${n}`)
    const run = await flow.run([
      { task_key: 'first', ...node('echo', { value: long }) },
      ...keys.map((task_key) => ({
        task_key,
        ...node('echo', { value: '{{tasks.first.values.value}}' }),
        ...after('first'),
      })),
    ])
    const { tasks } = await resolved(run.run_id)
    const absent = tasks!.filter(({ resolved_values }) => !resolved_values)
    expect(absent.length).toBeGreaterThan(0)
    expect(absent.length).toBeLessThan(keys.length)
    const alone = await resolved(absent[0]!.run_id)
    expect(alone.tasks![0]!.resolved_values).toEqual({ node_task: { parameters: { value: long } } })
  })

  test('are read from eight megabytes of values of a run at most, and of those of a task alone', async () => {
    const numbers = [1, 2, 3]
    const run = await flow.run([
      ...numbers.map((n) => ({
        task_key: `reads-${n}`,
        ...node('echo', { value: `{{tasks.stores-${n}.values.again}}` }),
        ...after(`stores-${n}`),
      })),
      ...numbers.map((n) => ({ task_key: `stores-${n}`, ...node('echo', { value: n }) })),
    ])
    const db = flow.serving.context.db.for<PipelinesSchema>()
    const outputs = JSON.stringify({ value: 'x'.repeat(3 * 1024 ** 2), again: false })
    await db.transaction((tx) =>
      tx
        .updateTable('task_runs')
        .set({ outputs })
        .where('run_id', '=', run.run_id)
        .where('task_key', 'like', 'stores-%')
        .execute(),
    )
    const read = await resolved(run.run_id)
    const value = { node_task: { parameters: { value: false } } }
    expect(numbers.map((n) => taskOf(read, `reads-${n}`).resolved_values)).toEqual([value, value, undefined])
    const alone = await resolved(taskOf(read, 'reads-3').run_id)
    expect(alone.tasks![0]!.resolved_values).toEqual(value)
  })
})
