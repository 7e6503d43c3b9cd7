import { GetTaskLogs } from '@cairn/platform/protocol/cairn/task-logs'
import { CancelAllRuns, DeleteRun, ExportRun } from '@cairn/platform/protocol/databricks/job-run-actions'
import {
  CancelRun,
  GetJobRun,
  ListJobRuns,
  RepairRun,
  RunNow,
  SubmitRun,
} from '@cairn/platform/protocol/databricks/job-runs'
import { CreateJob, GetJob } from '@cairn/platform/protocol/databricks/jobs'
import { databases } from '@cairn/platform/testing/databases'
import Type from 'typebox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PipelinesSchema } from '../schema.js'
import { defineTask } from '../task-kinds/task.js'
import { resultsOf, waitForEnd } from '../testing/client.js'
import { type ServedPipelines, servePipelines } from '../testing/serve.js'

const says = defineTask({
  entry: 'says',
  parameters: Type.Object({}),
  async run({ log, taskKey }) {
    log.info(`<b>${taskKey}</b>`)
    return { said: taskKey }
  },
})
const waits = defineTask({
  entry: 'waits',
  parameters: Type.Object({}),
  async run({ signal }) {
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
    throw signal.reason
  },
})
const task = (task_key: string, entry = 'says', ...upstream: string[]) => ({
  task_key,
  node_task: { entry },
  depends_on: upstream.map((key) => ({ task_key: key })),
})
const invalid = (message: RegExp) => ({
  code: 'INVALID_PARAMETER_VALUE',
  message: expect.stringMatching(message),
})

describe.each(databases)('runs of jobs on %s', (_name, database) => {
  let serving: ServedPipelines
  beforeAll(async () => {
    serving = await servePipelines([says, waits], { database })
  })
  afterAll(() => serving?.close())

  test('are canceled together: those of one job, its queued ones, or all queued ones', async () => {
    const { client } = serving
    const aJob = async () => {
      const { job_id } = await client(CreateJob, { tasks: [task('a', 'waits')], queue: { enabled: true } })
      const runs = [
        await client(RunNow, { job_id }),
        await client(RunNow, { job_id }),
        await client(RunNow, { job_id }),
      ]
      return { job_id, runs: runs.map(({ run_id }) => run_id) }
    }
    const [one, other] = [await aJob(), await aJob()]
    const activeOf = async ({ job_id }: { job_id: number }) =>
      (await client(ListJobRuns, { job_id, active_only: true })).runs.length
    await client(CancelAllRuns, { job_id: one.job_id, all_queued_runs: true })
    for (const run of one.runs.slice(1))
      expect((await waitForEnd(client, run)).state.result_state).toBe('CANCELED')
    expect(await activeOf(one)).toBe(1)
    await client(CancelAllRuns, { job_id: one.job_id })
    expect((await waitForEnd(client, one.runs[0]!)).state.result_state).toBe('CANCELED')
    expect(await activeOf(other)).toBe(3)
    await client(CancelAllRuns, { all_queued_runs: true })
    await waitForEnd(client, other.runs[2]!)
    await expect.poll(() => activeOf(other)).toBe(1)
    await client(CancelAllRuns, { job_id: other.job_id })
    await waitForEnd(client, other.runs[0]!)
    await expect(client(CancelAllRuns, {})).rejects.toMatchObject(invalid(/^job_id: is required/))
  })

  test('are deleted with their logs once they have ended', async () => {
    const { client } = serving
    const { run_id } = await client(SubmitRun, { tasks: [task('a'), task('b', 'waits')] })
    await expect(client(DeleteRun, { run_id })).rejects.toMatchObject({ code: 'INVALID_STATE' })
    await client(CancelRun, { run_id })
    const { job_id } = await client(CreateJob, { tasks: [task('a')] })
    const { run_id: ended } = await client(RunNow, { job_id })
    await waitForEnd(client, ended)
    await client(RepairRun, { run_id: ended, rerun_tasks: ['a'] })
    await waitForEnd(client, ended)
    await client(DeleteRun, { run_id: ended })
    const absent = { code: 'RESOURCE_DOES_NOT_EXIST' }
    await expect(client(GetJobRun, { run_id: ended })).rejects.toMatchObject(absent)
    await expect(client(GetTaskLogs, { run_id: ended, task_key: 'a' })).rejects.toMatchObject(absent)
    await expect(client(DeleteRun, { run_id: ended })).rejects.toMatchObject(absent)
    expect((await client(ListJobRuns, { job_id })).runs).toEqual([])
  })

  test('are exported as pages with escaped contents', async () => {
    const { client } = serving
    const run_as = { user_name: 'owner' }
    const { run_id } = await client(SubmitRun, { tasks: [{ ...task('a'), run_as }, task('b', 'says', 'a')] })
    const { tasks } = await waitForEnd(client, run_id)
    const { views } = await client(ExportRun, { run_id })
    expect(views.map(({ name, type }) => [name, type])).toEqual([
      ['a', 'NOTEBOOK'],
      ['b', 'NOTEBOOK'],
    ])
    expect(views[0]!.content).toContain('&lt;b&gt;a&lt;/b&gt;')
    expect(views[0]!.content).not.toContain('<b>')
    expect(views[0]!.content).toContain('&quot;user_name&quot;: &quot;owner&quot;')
    expect(views[0]!.content).not.toContain('principal_id')
    const one = await client(ExportRun, { run_id: tasks![1]!.run_id, views_to_export: 'ALL' })
    expect(one.views.map(({ name }) => name)).toEqual(['b'])
    expect((await client(ExportRun, { run_id, views_to_export: 'DASHBOARDS' })).views).toEqual([])
  })

  test('run only the chosen tasks, and reject parameters that no task takes', async () => {
    const { client } = serving
    const { job_id } = await client(CreateJob, {
      tasks: [task('a'), task('b', 'says', 'a'), task('c', 'says', 'b')],
    })
    const { run_id } = await client(RunNow, { job_id, only: ['b'] })
    expect(resultsOf(await waitForEnd(client, run_id))).toEqual({ b: 'SUCCESS' })
    await expect(client(RunNow, { job_id, only: ['x'] })).rejects.toMatchObject(invalid(/^only: .* 'x'/))
    await expect(client(RunNow, { job_id, python_params: ['x'] })).rejects.toMatchObject(
      invalid(/^python_params: /),
    )
    await expect(client(RunNow, { job_id, jar_params: ['x'] })).rejects.toMatchObject(
      invalid(/'jar_params' is not supported/),
    )
    const unknown = client(RunNow, { job_id, ...{ job_params: {} } })
    await expect(unknown).rejects.toMatchObject(invalid(/'job_params'/))
  })

  test('are listed with their parameters and defaults, skipped ones with the chosen parameters only', async () => {
    const { client } = serving
    const parameters = [
      { name: 'x', default: '1' },
      { name: 'y', default: '2' },
    ]
    const { job_id } = await client(CreateJob, { name: 'long', parameters, tasks: [task('a', 'waits')] })
    await client(RunNow, { job_id, job_parameters: { x: '5' } })
    const { run_id } = await client(RunNow, { job_id, job_parameters: { y: '7' } })
    const { runs } = await client(ListJobRuns, { job_id, expand_tasks: true })
    expect(runs[1]!.tasks!.map(({ task_key }) => task_key)).toEqual(['a'])
    const brief = (await client(ListJobRuns, { job_id })).runs
    expect(brief[1]!.job_parameters).toEqual([
      { name: 'x', default: '1', value: '5' },
      { name: 'y', default: '2', value: '2' },
    ])
    expect(await client(GetJobRun, { run_id })).toMatchObject({
      run_name: 'long',
      state: { life_cycle_state: 'SKIPPED' },
      job_parameters: [{ name: 'y', value: '7' }],
      tasks: [],
    })
    const { settings } = await serving.context.db
      .for<PipelinesSchema>()
      .read.selectFrom('job_runs')
      .select('settings')
      .where('run_id', '=', run_id)
      .executeTakeFirstOrThrow()
    expect(settings).toBe('{"name":"long"}')
    await expect(client(RepairRun, { run_id, rerun_all_failed_tasks: true })).rejects.toMatchObject(
      invalid(/^rerun_tasks: no tasks/),
    )
    await client(CancelAllRuns, { job_id })
  })

  test('and their jobs have the permissions of their access control list', async () => {
    const { client, context } = serving
    const reader = await context.identities.create('user', 'reader@example.org')
    const { secret } = await context.tokens.issue(reader.id, 'test')
    const asReader = context.client(secret)
    const access_control_list = [{ user_name: 'reader@example.org', permission_level: 'CAN_MANAGE_RUN' }]
    const { job_id } = await client(CreateJob, { tasks: [task('a')], access_control_list })
    const { job_id: hidden } = await client(CreateJob, { tasks: [task('a')] })
    expect((await asReader(GetJob, { job_id })).settings).not.toHaveProperty('access_control_list')
    await waitForEnd(client, (await asReader(RunNow, { job_id })).run_id)
    await expect(asReader(GetJob, { job_id: hidden })).rejects.toMatchObject({
      code: 'RESOURCE_DOES_NOT_EXIST',
    })
    const { run_id } = await client(SubmitRun, { tasks: [task('a')], access_control_list })
    expect((await asReader(GetJobRun, { run_id })).run_id).toBe(run_id)
    const once = { tasks: [task('a')], idempotency_token: 'listed' }
    const first = await client(SubmitRun, once)
    expect(await client(SubmitRun, { ...once, access_control_list })).toEqual(first)
    await expect(asReader(GetJobRun, first), 'a repeated request grants nothing').rejects.toMatchObject({
      code: 'RESOURCE_DOES_NOT_EXIST',
    })
    const create = (user_name: string, permission_level: string) =>
      client(CreateJob, { tasks: [task('a')], access_control_list: [{ user_name, permission_level }] })
    await expect(create('reader@example.org', 'IS_OWNER')).rejects.toMatchObject(
      invalid(/cannot be the owner yet/),
    )
    await expect(create('reader@example.org', 'CAN_FLY')).rejects.toMatchObject(invalid(/'CAN_FLY'/))
    await expect(create('nobody@example.org', 'CAN_VIEW')).rejects.toMatchObject({
      code: 'RESOURCE_DOES_NOT_EXIST',
    })
  })
})
