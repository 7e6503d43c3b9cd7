import { setTimeout as sleep } from 'node:timers/promises'
import {
  CancelRun,
  GetJobRun,
  GetRunOutput,
  ListJobRuns,
  RunNow,
} from '@cairn/platform/protocol/databricks/job-runs'
import { UpdateJob } from '@cairn/platform/protocol/databricks/jobs'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { PipelinesSchema } from '../schema.js'
import { backends } from '../testing/backends.js'
import { resultsOf, waitForEnd } from '../testing/client.js'
import { after, loop, node, TestFlow, taskOf } from '../testing/flow.js'
import { existingDatabase, servePipelines } from '../testing/serve.js'

describe.each(backends)('runs of other jobs on %s', (_name, backend) => {
  const flow = new TestFlow()
  beforeAll(() => flow.start(backend))
  afterAll(() => flow.close())
  beforeEach(() => flow.reset())

  test('runs another job and waits for its end', async () => {
    const child = await flow.createJob(
      [{ task_key: 'c', ...node('echo', { value: '{{job.parameters.x}}' }) }],
      {
        parameters: [{ name: 'x', default: 'default' }],
        max_concurrent_runs: 5,
      },
    )
    const parameters = { x: '{{input}}!' }
    const ended = await flow.run([
      { task_key: 'job', run_job_task: { job_id: child } },
      {
        task_key: 'each',
        ...loop(['a', 'b'], { run_job_task: { job_id: child, job_parameters: parameters } }),
      },
      { task_key: 'next', ...after('job'), ...node('echo', { value: '{{tasks.job.values.result}}' }) },
    ])
    expect(resultsOf(ended)).toEqual({ job: 'SUCCESS', each: 'SUCCESS', next: 'SUCCESS' })
    expect(flow.started.toSorted()).toEqual(['"SUCCESS"', '"a!"', '"b!"', '"default"'])
    const task = taskOf(ended, 'job')
    const output = await flow.client(GetRunOutput, { run_id: task.run_id })
    const { run_id } = output.run_job_output!
    expect(await flow.client(GetJobRun, { run_id })).toMatchObject({
      ...{ job_id: child, trigger: 'RUN_JOB_TASK', trigger_info: { run_id: task.run_id } },
    })
    const { runs } = await flow.client(ListJobRuns, { job_id: child })
    expect(runs).toHaveLength(3)
  })

  test('starts each run of another job once, on two servers', async () => {
    const database = existingDatabase(flow.serving.context.config.database_url)
    const second = await servePipelines([flow.echo], { ...backend, database })
    const child = await flow.createJob([{ task_key: 'c', ...node('echo', { value: 1 }) }], {
      max_concurrent_runs: 100,
    })
    const task = { run_job_task: { job_id: child } }
    const ended = await flow.run([
      { task_key: 'each', ...loop(Array(20).fill(0), task, { concurrency: 10 }) },
    ])
    await second.close()
    expect(resultsOf(ended)).toEqual({ each: 'SUCCESS' })
    expect((await flow.client(ListJobRuns, { job_id: child, limit: 100 })).runs).toHaveLength(20)
    expect(flow.started).toHaveLength(20)
  })

  test('fails with the other job, retries it in a new run, and times out', async () => {
    flow.failing = new Set(['1'])
    const child = await flow.createJob([{ task_key: 'c', ...node('echo', { value: 1 }) }])
    const slow = await flow.createJob([{ task_key: 'c', ...node('waits') }])
    const ended = await flow.run([
      { task_key: 'job', max_retries: 1, run_job_task: { job_id: child } },
      { task_key: 'none', run_job_task: { job_id: 1 } },
      { task_key: 'slow', timeout_seconds: 1, run_job_task: { job_id: slow } },
    ])
    expect(resultsOf(ended)).toEqual({ job: 'FAILED', none: 'FAILED', slow: 'TIMEDOUT' })
    expect(taskOf(ended, 'job').state.state_message).toMatch(
      /^Run \d+ of job \d+ ended with FAILED\. Failed: c$/,
    )
    expect(taskOf(ended, 'none').state.state_message).toBe('Job 1 does not exist.')
    expect((await flow.client(ListJobRuns, { job_id: child })).runs).toHaveLength(2)
    const [stopped] = (await flow.client(ListJobRuns, { job_id: slow })).runs
    expect(stopped!.state.result_state).toBe('CANCELED')
  })

  test('cancels the run of the other job with the run of the task', async () => {
    const child = await flow.createJob([{ task_key: 'c', ...node('waits') }])
    const run_id = await flow.submit([{ task_key: 'job', run_job_task: { job_id: child } }])
    while (flow.started.length < 1) await sleep(10)
    await flow.client(CancelRun, { run_id })
    const ended = await waitForEnd(flow.client, run_id)
    expect([ended.state.result_state, resultsOf(ended)]).toEqual(['CANCELED', { job: 'CANCELED' }])
    const { runs } = await flow.client(ListJobRuns, { job_id: child })
    expect(runs.map(({ state }) => state.result_state)).toEqual(['CANCELED'])
  })

  test('refuses jobs that run each other, when they are saved and when they are run', async () => {
    const first = await flow.createJob([{ task_key: 'a', ...node('echo', { value: 1 }) }])
    const second = await flow.createJob([{ task_key: 'b', run_job_task: { job_id: first } }])
    const third = await flow.createJob([
      { task_key: 'c', ...loop([1], { run_job_task: { job_id: second } }) },
    ])
    const tasks = [{ task_key: 'a', run_job_task: { job_id: third } }]
    await expect(flow.client(UpdateJob, { job_id: first, new_settings: { tasks } })).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: `run_job_task: job ${first} would run itself again, through the jobs that it runs.`,
    })
    await flow.serving.context.db.for<{ jobs: { job_id: number; settings: string } }>().transaction((tx) =>
      tx
        .updateTable('jobs')
        .set({ settings: JSON.stringify({ tasks }) })
        .where('job_id', '=', first)
        .execute(),
    )
    const { run_id } = await flow.client(RunNow, { job_id: second })
    const ended = await waitForEnd(flow.client, run_id)
    expect(taskOf(ended, 'b').state.state_message).toBe(
      `run_job_task: job ${second} would run itself again, through the jobs that it runs.`,
    )
  })

  test('runs jobs that run each other five levels deep', async () => {
    let job_id = await flow.createJob([{ task_key: 'a', ...node('echo', { value: 1 }) }])
    const jobs = [job_id]
    for (let i = 0; i < 6; i++) {
      job_id = await flow.createJob([{ task_key: 'a', run_job_task: { job_id } }])
      jobs.push(job_id)
    }
    const { run_id } = await flow.client(RunNow, { job_id: jobs[5]! })
    expect((await waitForEnd(flow.client, run_id)).state.result_state).toBe('SUCCESS')
    const deeper = await flow.client(RunNow, { job_id })
    expect((await waitForEnd(flow.client, deeper.run_id)).state.result_state).toBe('FAILED')
    const [last] = (await flow.client(ListJobRuns, { job_id: jobs[1]! })).runs
    const { tasks } = await flow.client(GetJobRun, { run_id: last!.run_id })
    expect(tasks![0]!.state.state_message).toBe('run_job_task: jobs run each other at most 5 levels deep.')
  })

  test('starts the run of another job under an unguessable idempotency token', async () => {
    const child = await flow.createJob([{ task_key: 'c', ...node('echo', { value: 1 }) }])
    await flow.run([{ task_key: 'job', run_job_task: { job_id: child } }])
    const [row] = await flow.serving.context.db
      .for<PipelinesSchema>()
      .read.selectFrom('job_runs')
      .select('idempotency_key')
      .where('job_id', '=', child)
      .execute()
    expect(row!.idempotency_key).toMatch(new RegExp(`^job:${child}:run-job-1-[0-9a-f]{32}$`))
  })

  test('runs another job with the rights of the principal that the task runs as', async () => {
    const { identities, grants } = flow.serving.context
    const robot = await identities.create('service_principal', `robot-${Date.now()}`)
    const child = await flow.createJob([{ task_key: 'c', ...node('echo', { value: 1 }) }])
    const tasks = [
      { task_key: 'job', run_as: { service_principal_name: robot.name }, run_job_task: { job_id: child } },
    ]
    const refused = await flow.run(tasks)
    expect(taskOf(refused, 'job').state.state_message).toBe(`Job ${child} does not exist.`)
    const owner = { id: 'local-owner', type: 'user', name: 'owner' } as const
    const change = [{ principal_id: robot.id, add: ['READ JOBS', 'RUN JOBS'] as const, remove: [] }]
    await grants.change({ type: 'job', id: String(child) } as never, change as never, owner)
    expect((await flow.run(tasks)).state.result_state).toBe('SUCCESS')
    const [last] = (await flow.client(ListJobRuns, { job_id: child })).runs
    expect(last!.creator_user_name).toBe(robot.name)
  })
})
