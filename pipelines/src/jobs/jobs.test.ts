import { GetTaskLogs } from '@cairn/platform/protocol/cairn/task-logs'
import {
  GetJobRun,
  GetRunOutput,
  ListJobRuns,
  RunNow,
  SubmitRun,
} from '@cairn/platform/protocol/databricks/job-runs'
import {
  CreateJob,
  DeleteJob,
  GetJob,
  type JobSettings,
  ListJobs,
  ResetJob,
  UpdateJob,
} from '@cairn/platform/protocol/databricks/jobs'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { waitForEnd } from '../testing/client.js'
import { noop, noopTask } from '../testing/job-tasks.js'
import { type ServedPipelines, servePipelines } from '../testing/serve.js'

describe.each(databases)('the Jobs API on %s', (_name, database) => {
  let serving: ServedPipelines
  beforeAll(async () => {
    serving = await servePipelines([noop], { database })
  })
  afterAll(() => serving?.close())

  test('creates, reads, updates, resets and deletes a job', async () => {
    const { client } = serving
    const { job_id } = await client(CreateJob, {
      name: 'mine',
      tags: { team: 'a' },
      tasks: [noopTask('a'), noopTask('b', 'a')],
    })
    expect(await client(GetJob, { job_id })).toMatchObject({
      job_id,
      creator_user_name: 'owner',
      settings: {
        name: 'mine',
        max_concurrent_runs: 1,
        format: 'MULTI_TASK',
        tasks: [{ task_key: 'a' }, { task_key: 'b' }],
      },
    })
    const changed = { ...noopTask('b'), description: 'free' }
    await client(UpdateJob, {
      job_id,
      new_settings: { tasks: [changed, noopTask('c')] },
      fields_to_remove: ['tags', 'tasks/a'],
    })
    const { settings } = await client(GetJob, { job_id })
    expect(settings.tasks!.map(({ task_key, description }) => [task_key, description])).toEqual([
      ['b', 'free'],
      ['c', undefined],
    ])
    expect([settings.name, settings.tags]).toEqual(['mine', undefined])
    await client(ResetJob, { job_id, new_settings: { name: 'new', tasks: [noopTask('z')] } })
    expect((await client(GetJob, { job_id })).settings).toMatchObject({
      name: 'new',
      tasks: [{ task_key: 'z' }],
    })
    await client(DeleteJob, { job_id })
    await expect(client(GetJob, { job_id })).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
    await expect(client(DeleteJob, { job_id })).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
  })

  test('pages lists, newest first, without duplicates', async () => {
    const { client } = serving
    const created: number[] = []
    for (let i = 0; i < 5; i++)
      created.push((await client(CreateJob, { name: `Page ${i % 2}`, tasks: [noopTask('a')] })).job_id)
    const seen: number[] = []
    let page_token: string | undefined
    do {
      const page = await client(ListJobs, { limit: 2, name: 'page 0', ...(page_token && { page_token }) })
      seen.push(...page.jobs.map((job) => job.job_id))
      expect(page.jobs[0]!.settings.tasks).toBeUndefined()
      expect(page.has_more).toBe(page.next_page_token !== undefined)
      page_token = page.next_page_token
    } while (page_token)
    expect(seen.toSorted()).toEqual([created[0], created[2], created[4]].toSorted())
    const runs: number[] = []
    for (let i = 0; i < 3; i++) {
      const { run_id } = await client(RunNow, { job_id: created[0]! })
      await waitForEnd(client, run_id)
      runs.push(run_id)
    }
    const first = await client(ListJobRuns, { job_id: created[0]!, limit: 2, expand_tasks: true })
    expect(first.runs.map((run) => [run.run_id, run.tasks!.length])).toEqual([
      [runs[2], 1],
      [runs[1], 1],
    ])
    const second = await client(ListJobRuns, {
      job_id: created[0]!,
      limit: 2,
      page_token: first.next_page_token!,
    })
    expect(second.runs.map((run) => [run.run_id, run.tasks])).toEqual([[runs[0], undefined]])
    expect((await client(ListJobRuns, { job_id: created[0]!, active_only: true })).runs).toEqual([])
  })

  test('serves the API version 2.1 as well', async () => {
    const response = await fetch(`${serving.url}/api/2.1/jobs/list?limit=1`)
    expect([response.status, ((await response.json()) as { jobs: unknown[] }).jobs.length]).toEqual([200, 1])
  })

  test('creates one run for concurrent submits with the same idempotency token', async () => {
    const input = { tasks: [noopTask('a')], idempotency_token: 'token-1' }
    const responses = await Promise.all(Array.from({ length: 8 }, () => serving.client(SubmitRun, input)))
    expect(new Set(responses.map(({ run_id }) => run_id)).size).toBe(1)
  })

  const node = (entry: string, parameters: Record<string, unknown>) => ({
    task_key: 'a',
    node_task: { entry, parameters },
  })
  test.each<[string, JobSettings | object, RegExp]>([
    ['no tasks', { name: 'x' }, /tasks: a job needs at least one task/],
    ['a key used twice', { tasks: [noopTask('a'), noopTask('a')] }, /'a' is used twice/],
    ['a missing dependency', { tasks: [noopTask('a', 'x')] }, /'a' depends on 'x'/],
    ['a cycle', { tasks: [noopTask('a', 'b'), noopTask('b', 'a')] }, /in a cycle/],
    ['an invalid key', { tasks: [noopTask('a b')] }, /tasks\[0\]\.task_key/],
    ['an unknown entry', { tasks: [node('nope', {})] }, /Unknown task 'nope'; registered: noop/],
    ['a wrong parameter', { tasks: [node('noop', { n: 'many' })] }, /parameter 'n'/],
    [
      'an unknown reference',
      { tasks: [node('noop', { n: '{{job.parameters.n}}' })] },
      /neither a job parameter/,
    ],
    [
      'another kind of task',
      { tasks: [{ task_key: 'a', pipeline_task: {} }] },
      /pipeline_task is not supported/,
    ],
    ['an unknown run_if', { tasks: [{ ...noopTask('a'), run_if: 'SOMETIMES' }] }, /tasks\[0\]\.run_if/],
    ['a schedule without a zone', { schedule: { quartz_cron_expression: '0 0 * * * ?' } }, /timezone_id/],
    [
      'a zone that does not exist',
      { schedule: { quartz_cron_expression: '0 0 * * * ?', timezone_id: 'Mars' } },
      /schedule\.timezone_id: 'Mars'/,
    ],
    [
      'a paused schedule that is not Quartz',
      { schedule: { quartz_cron_expression: 'not cron', timezone_id: 'UTC', pause_status: 'PAUSED' } },
      /schedule\.quartz_cron_expression: 'not cron' has 2 fields/,
    ],
    [
      'a schedule that never comes',
      { schedule: { quartz_cron_expression: '0 0 0 30 2 ?', timezone_id: 'UTC' } },
      /no time in the future/,
    ],
    [
      'a continuous job with a schedule',
      { continuous: {}, schedule: { quartz_cron_expression: '0 0 3 * * ?', timezone_id: 'UTC' } },
      /continuous: a continuous job has neither/,
    ],
    ['a continuous job with two runs', { continuous: {}, max_concurrent_runs: 2 }, /max_concurrent_runs/],
    ['retries of a continuous job', { continuous: { task_retry_mode: 'ON_FAILURE' } }, /set max_retries/],
    [
      'files elsewhere',
      { trigger: { file_arrival: { url: 's3://b/x' } } },
      /file_arrival.url.*not a path in a volume/,
    ],
    [
      'a trigger on another job',
      { trigger: { job_completion: {} } },
      /trigger\.job_completion: not supported/,
    ],
    [
      'a trigger without a kind',
      { trigger: {} },
      /trigger: needs one of periodic, table_update, file_arrival/,
    ],
    [
      'a trigger on a table without a schema',
      { trigger: { table_update: { table_names: ['ratings'] } } },
      /table_names: 'ratings' is not a table/,
    ],
    [
      'a trigger that names a table twice',
      { trigger: { table_update: { table_names: ['main.a.t', 'main.a.t'] } } },
      /table_names.*duplicate/,
    ],
    [
      'two principals',
      { tasks: [noopTask('a')], run_as: { user_name: 'a', service_principal_name: 'b' } },
      /run_as: pass either/,
    ],
    ['a wrong type', { tasks: 'all' }, /'tasks'/],
    ['a negative limit', { tasks: [noopTask('a')], timeout_seconds: -1 }, /timeout_seconds/],
  ])('rejects settings with %s and names the field', async (_case, settings, message) => {
    const response = await fetch(`${serving.url}/api/2.2/jobs/create`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(settings),
    })
    const body = (await response.json()) as { error_code: string; message: string }
    expect([response.status, body.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE'])
    expect(body.message).toMatch(message)
  })

  test('rejects unknown ids with 404 and invalid requests with 400', async () => {
    const { client } = serving
    const notFound = { code: 'RESOURCE_DOES_NOT_EXIST' }
    const invalid = { code: 'INVALID_PARAMETER_VALUE' }
    await expect(client(GetJobRun, { run_id: 1 })).rejects.toMatchObject(notFound)
    await expect(client(RunNow, { job_id: 1 })).rejects.toMatchObject(notFound)
    await expect(client(GetJob, { job_id: 1e300 })).rejects.toMatchObject(invalid)
    await expect(client(GetJob, { job_id: Number.NaN })).rejects.toMatchObject(invalid)
    await expect(client(ListJobs, { page_token: 'bm9uc2Vuc2U' })).rejects.toMatchObject(invalid)
    await expect(client(ListJobRuns, { active_only: true, completed_only: true })).rejects.toMatchObject(
      invalid,
    )
    const { run_id } = await client(SubmitRun, { tasks: [noopTask('a'), noopTask('b')] })
    await expect(client(GetRunOutput, { run_id })).rejects.toMatchObject(invalid)
    await expect(client(GetTaskLogs, { run_id, task_key: 'zz' })).rejects.toMatchObject(notFound)
    const { job_id } = await client(CreateJob, { tasks: [noopTask('a')] })
    await expect(client(RunNow, { job_id, job_parameters: { x: '1' } })).rejects.toMatchObject(invalid)
  })
})
