import { METASTORE } from '@cairn/platform/auth/metastore'
import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import { GetJobGrid, ListJobSummaries, PreviewSchedule } from '@cairn/platform/protocol/cairn/job-summaries'
import { GetRunProgress } from '@cairn/platform/protocol/cairn/run-progress'
import { RunNow } from '@cairn/platform/protocol/databricks/job-runs'
import { CreateJob, GetJob } from '@cairn/platform/protocol/databricks/jobs'
import { databases } from '@cairn/platform/testing/databases'
import Type from 'typebox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defineTask } from '../task-kinds/task.js'
import { waitForEnd } from '../testing/client.js'
import { type ServedPipelines, servePipelines } from '../testing/serve.js'

const noop = defineTask({ entry: 'noop', parameters: Type.Object({}), run: async () => ({}) })
const task = (task_key: string, ...upstream: string[]) => ({
  task_key,
  depends_on: upstream.map((key) => ({ task_key: key })),
  node_task: { entry: 'noop', parameters: {} },
})

describe.each(databases)('summaries of jobs on %s', (_name, database) => {
  let serving: ServedPipelines
  beforeAll(async () => {
    serving = await servePipelines([noop], { database })
  })
  afterAll(() => serving?.close())

  test('show the trigger, the next time and the last ten runs', async () => {
    const { client } = serving
    const schedule = { quartz_cron_expression: '0 0 3 * * ?', timezone_id: 'UTC' }
    const { job_id } = await client(CreateJob, {
      name: '100%_Nightly',
      tags: { team: 'a' },
      schedule,
      tasks: [task('a')],
    })
    await client(CreateJob, { name: '100 nightly', tasks: [task('a')] })
    await client(CreateJob, { name: 'Übung', tasks: [task('a')] })
    const started: number[] = []
    for (let i = 0; i < 12; i++) {
      const { run_id } = await client(RunNow, { job_id })
      started.unshift(run_id)
      await waitForEnd(client, run_id)
    }
    expect(await client(ListJobSummaries, { search: 'üB' })).toMatchObject({ jobs: [{ name: 'Übung' }] })
    const { jobs } = await client(ListJobSummaries, { search: '%_NIGHT' })
    expect(jobs).toMatchObject([
      { job_id, name: '100%_Nightly', tags: { team: 'a' }, schedule, permission_level: 'CAN_MANAGE' },
    ])
    expect(jobs[0]!.next_run_time).toBeGreaterThan(Date.now())
    expect(jobs[0]!.runs.map(({ run_id, result }) => [run_id, result])).toEqual(
      started.slice(0, 10).map((run_id) => [run_id, 'SUCCESS']),
    )
  })

  test('are paged, newest first', async () => {
    const { client } = serving
    const created: number[] = []
    for (let i = 0; i < 3; i++)
      created.unshift((await client(CreateJob, { name: `paged ${i}`, tasks: [task('a')] })).job_id)
    const seen: number[] = []
    let page_token: string | undefined
    do {
      const page = await client(ListJobSummaries, {
        search: 'paged',
        limit: 2,
        ...(page_token && { page_token }),
      })
      seen.push(...page.jobs.map(({ job_id }) => job_id))
      page_token = page.next_page_token
    } while (page_token)
    expect(seen).toEqual(created)
    await expect(client(ListJobSummaries, { page_token: 'x' })).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
    })
  })

  test('the grid shows the state of each task in the last runs', async () => {
    const { client } = serving
    const { job_id } = await client(CreateJob, { name: 'grid', tasks: [task('a'), task('b', 'a')] })
    const ids: number[] = []
    for (let i = 0; i < 3; i++) {
      const { run_id } = await client(RunNow, { job_id })
      ids.unshift(run_id)
      await waitForEnd(client, run_id)
    }
    const first = await client(GetJobGrid, { job_id, limit: 2 })
    expect(first.runs.map(({ run_id }) => run_id)).toEqual(ids.slice(0, 2))
    expect(first.runs[0]).toMatchObject({
      number_in_job: 3,
      state: 'TERMINATED',
      result: 'SUCCESS',
      trigger: 'ONE_TIME',
      tasks: [
        { task_key: 'a', result: 'SUCCESS', attempt: 1 },
        { task_key: 'b', result: 'SUCCESS', attempt: 1 },
      ],
    })
    const second = await client(GetJobGrid, { job_id, limit: 2, page_token: first.next_page_token! })
    expect([second.runs.map(({ run_id }) => run_id), second.next_page_token]).toEqual([
      ids.slice(2),
      undefined,
    ])
    await expect(client(GetJobGrid, { job_id: 1 })).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
  })

  test('the progress of a task run is that of its run', async () => {
    const { client } = serving
    const { job_id } = await client(CreateJob, { name: 'by task', tasks: [task('a')] })
    const { run_id } = await client(RunNow, { job_id })
    const run = await waitForEnd(client, run_id)
    expect(await client(GetRunProgress, { run_id: run.tasks![0]!.run_id })).toMatchObject({
      run_id,
      permission_level: 'CAN_MANAGE',
    })
  })

  test('show the permission level of the caller', async () => {
    const { client, context } = serving
    const { job_id } = await client(CreateJob, { name: 'levels', tasks: [task('a')] })
    const { run_id } = await client(RunNow, { job_id })
    await waitForEnd(client, run_id)
    const levelsOf = async (name: string, ...add: ('READ JOBS' | 'RUN JOBS' | 'EDIT JOBS' | 'MANAGE')[]) => {
      const { id } = await context.identities.create('user', name)
      await context.grants.change(METASTORE[0], [{ principal_id: id, add, remove: [] }], LOCAL_OWNER)
      const as = context.client((await context.tokens.issue(id, 'test')).secret)
      return [
        (await as(ListJobSummaries, { search: 'levels' })).jobs[0]!.permission_level,
        (await as(GetJob, { job_id })).permission_level,
        (await as(GetRunProgress, { run_id })).permission_level,
      ]
    }
    expect(await levelsOf('viewer', 'READ JOBS')).toEqual(['CAN_VIEW', 'CAN_VIEW', 'CAN_VIEW'])
    expect(await levelsOf('runner', 'READ JOBS', 'RUN JOBS')).toEqual(Array(3).fill('CAN_MANAGE_RUN'))
    expect(await levelsOf('editor', 'READ JOBS', 'RUN JOBS', 'EDIT JOBS')).toEqual(
      Array(3).fill('CAN_MANAGE'),
    )
  })

  test('computes the next times of a schedule in its zone', async () => {
    const { client } = serving
    const { times } = await client(PreviewSchedule, {
      quartz_cron_expression: '0 30 2 ? * MON',
      timezone_id: 'Asia/Seoul',
    })
    const shown = times.map((time) =>
      new Date(time).toLocaleString('en', {
        timeZone: 'Asia/Seoul',
        weekday: 'short',
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
      }),
    )
    expect(shown).toEqual(Array(5).fill('Mon 02:30'))
    for (const [quartz_cron_expression, timezone_id, field] of [
      ['0 0 0 * * *', 'UTC', 'quartz_cron_expression'],
      ['0 0 0 * * ?', 'Mars/Base', 'timezone_id'],
    ] as const)
      await expect(client(PreviewSchedule, { quartz_cron_expression, timezone_id })).rejects.toMatchObject({
        code: 'INVALID_PARAMETER_VALUE',
        message: expect.stringContaining(field),
      })
  })
})
