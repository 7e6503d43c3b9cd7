import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import {
  GetJobRun,
  GetRunOutput,
  GetRunProgress,
  GetTaskLogs,
  ListJobRuns,
  RepairRun,
  RunNow,
  SubmitRun,
} from '@cairn/platform/protocol/job-runs'
import {
  CreateJob,
  DeleteJob,
  GetJob,
  type JobSettings,
  ListJobs,
  ResetJob,
  UpdateJob,
} from '@cairn/platform/protocol/jobs'
import type { Privilege } from '@cairn/platform/protocol/privileges'
import { databases } from '@cairn/platform/testing/databases'
import Type from 'typebox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defineTask } from '../task-kinds/task.js'
import { waitForEnd } from '../testing/client.js'
import { type ServedPipelines, servePipelines } from '../testing/serve.js'

const noop = defineTask({
  entry: 'noop',
  parameters: Type.Object({ n: Type.Optional(Type.Integer()) }),
  run: async ({ principal, writer }) => ({ actor: principal.name, writer }),
})
const task = (task_key: string, ...upstream: string[]) => ({
  task_key,
  depends_on: upstream.map((key) => ({ task_key: key })),
  node_task: { entry: 'noop', parameters: {} },
})

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
      tasks: [task('a'), task('b', 'a')],
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
    const changed = { ...task('b'), description: 'free' }
    await client(UpdateJob, {
      job_id,
      new_settings: { tasks: [changed, task('c')] },
      fields_to_remove: ['tags', 'tasks/a'],
    })
    const { settings } = await client(GetJob, { job_id })
    expect(settings.tasks!.map(({ task_key, description }) => [task_key, description])).toEqual([
      ['b', 'free'],
      ['c', undefined],
    ])
    expect([settings.name, settings.tags]).toEqual(['mine', undefined])
    await client(ResetJob, { job_id, new_settings: { name: 'new', tasks: [task('z')] } })
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
      created.push((await client(CreateJob, { name: `Page ${i % 2}`, tasks: [task('a')] })).job_id)
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
    const input = { tasks: [task('a')], idempotency_token: 'token-1' }
    const responses = await Promise.all(Array.from({ length: 8 }, () => serving.client(SubmitRun, input)))
    expect(new Set(responses.map(({ run_id }) => run_id)).size).toBe(1)
  })

  const node = (entry: string, parameters: Record<string, unknown>) => ({
    task_key: 'a',
    node_task: { entry, parameters },
  })
  test.each<[string, JobSettings | object, RegExp]>([
    ['no tasks', { name: 'x' }, /tasks: a job needs at least one task/],
    ['a key used twice', { tasks: [task('a'), task('a')] }, /'a' is used twice/],
    ['a missing dependency', { tasks: [task('a', 'x')] }, /'a' depends on 'x'/],
    ['a cycle', { tasks: [task('a', 'b'), task('b', 'a')] }, /in a cycle/],
    ['an invalid key', { tasks: [task('a b')] }, /tasks\[0\]\.task_key/],
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
    ['an unknown run_if', { tasks: [{ ...task('a'), run_if: 'SOMETIMES' }] }, /tasks\[0\]\.run_if/],
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
      { tasks: [task('a')], run_as: { user_name: 'a', service_principal_name: 'b' } },
      /run_as: pass either/,
    ],
    ['a wrong type', { tasks: 'all' }, /'tasks'/],
    ['a negative limit', { tasks: [task('a')], timeout_seconds: -1 }, /timeout_seconds/],
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
    const { run_id } = await client(SubmitRun, { tasks: [task('a'), task('b')] })
    await expect(client(GetRunOutput, { run_id })).rejects.toMatchObject(invalid)
    await expect(client(GetTaskLogs, { run_id, task_key: 'zz' })).rejects.toMatchObject(notFound)
    const { job_id } = await client(CreateJob, { tasks: [task('a')] })
    await expect(client(RunNow, { job_id, job_parameters: { x: '1' } })).rejects.toMatchObject(invalid)
  })

  test('does not let run_as make anyone an administrator', async () => {
    const { identities, grants, authorizer, tokens, client: as } = serving.context
    const [mia, bot] = [await identities.create('user', 'mia'), await identities.create('user', 'bot')]
    const grant = (principal_id: string, ...add: Privilege[]) =>
      grants.change(authorizer.metastore[0], [{ principal_id, add, remove: [] }], LOCAL_OWNER)
    await grant(mia.id, 'MANAGE IDENTITIES', 'CREATE JOB', 'READ JOBS', 'RUN JOBS', 'EDIT JOBS')
    const client = as((await tokens.issue(mia.id, 'test')).secret)
    const settings = (user_name: string) => ({ run_as: { user_name }, tasks: [task('a')] })
    const { job_id } = await client(CreateJob, settings('bot'))
    const first = await client(RunNow, { job_id })
    expect((await waitForEnd(client, first.run_id)).state.result_state).toBe('SUCCESS')
    const denied = { code: 'PERMISSION_DENIED', message: expect.stringMatching(/'owner' holds MANAGE on/) }
    const refused = [
      () => client(CreateJob, settings('owner')),
      () => client(SubmitRun, { tasks: [{ ...task('a'), run_as: { user_name: 'owner' } }] }),
      () => client(ResetJob, { job_id, new_settings: settings('owner') }),
      () => client(UpdateJob, { job_id, new_settings: settings('owner') }),
    ]
    for (const attempt of refused) await expect(attempt()).rejects.toMatchObject(denied)
    await grant(bot.id, 'MANAGE')
    const { run_id } = await client(RunNow, { job_id })
    const { state } = await waitForEnd(client, run_id)
    expect(state.result_state).toBe('FAILED')
    const { error } = await client(GetRunOutput, { run_id })
    expect(error).toMatch(/'bot' holds MANAGE on the metastore, and 'mia' does not/)
  })

  test('does not run a job as a new principal with the name of a deleted one', async () => {
    const { identities } = serving.context
    const old = await identities.create('service_principal', 'nightly')
    const named = { run_as: { service_principal_name: 'nightly' } }
    const { job_id } = await serving.client(CreateJob, { ...named, tasks: [task('a')] })
    const resultOf = async (run_id: number) => (await waitForEnd(serving.client, run_id)).state.result_state
    expect(await resultOf((await serving.client(RunNow, { job_id })).run_id)).toBe('SUCCESS')
    await identities.delete(old.id)
    await serving.client(UpdateJob, { job_id, new_settings: { timeout_seconds: 60 } })
    await identities.create('service_principal', 'nightly')
    expect((await serving.client(GetJob, { job_id })).settings).toMatchObject(named)
    const { run_id } = await serving.client(RunNow, { job_id })
    expect(await resultOf(run_id)).toBe('FAILED')
    expect((await serving.client(GetRunOutput, { run_id })).error).toBe(
      "run_as: the principal 'nightly' does not exist.",
    )
    const planted = { ...named.run_as, principal_id: LOCAL_OWNER.id }
    await expect(
      serving.client(UpdateJob, { job_id, new_settings: { run_as: planted } }),
    ).rejects.toMatchObject({ message: expect.stringContaining("'new_settings.run_as.principal_id'") })
    await serving.client(UpdateJob, { job_id, new_settings: named })
    expect(await resultOf((await serving.client(RunNow, { job_id })).run_id)).toBe('SUCCESS')
    expect((await serving.client(GetJob, { job_id })).settings?.run_as).toEqual(named.run_as)
  })

  test('runs nothing as a deactivated principal, but runs jobs that one wrote as the principal that they name', async () => {
    const { identities, grants, authorizer, tokens, client: as } = serving.context
    const [leaver, nightly] = [
      await identities.create('user', 'leaver'),
      await identities.create('service_principal', 'tonight'),
    ]
    const add: Privilege[] = ['MANAGE IDENTITIES', 'CREATE JOB', 'READ JOBS', 'RUN JOBS']
    await grants.change(authorizer.metastore[0], [{ principal_id: leaver.id, add, remove: [] }], LOCAL_OWNER)
    const client = as((await tokens.issue(leaver.id, 'test')).secret)
    const own = await client(CreateJob, { tasks: [task('a')] })
    const run_as = { service_principal_name: 'tonight' }
    const delegated = await client(CreateJob, { run_as, tasks: [task('a')] })
    const errorOf = async (job_id: number) => {
      const { run_id } = await serving.client(RunNow, { job_id })
      await waitForEnd(serving.client, run_id)
      return (await serving.client(GetRunOutput, { run_id })).error
    }
    expect(await errorOf(own.job_id)).toBeUndefined()
    await identities.update(leaver.id, { active: false })
    expect(await errorOf(own.job_id)).toBe(
      "run_as: the principal 'leaver' is deactivated; name another in run_as.",
    )
    expect(await errorOf(delegated.job_id)).toBeUndefined()
    await identities.update(nightly.id, { active: false })
    expect(await errorOf(delegated.job_id)).toMatch(/'tonight' is deactivated/)
  })

  test('does not let the namesake of a renamed principal choose what runs as it', async () => {
    const { identities, grants, authorizer, tokens, client: as } = serving.context
    const old = await identities.create('service_principal', 'weekly')
    const run_as = { service_principal_name: 'weekly' }
    const parameters = [{ name: 'n', default: '1' }]
    const settings = { parameters, tasks: [{ ...task('a'), run_as }] }
    const { job_id } = await serving.client(CreateJob, settings)
    const { run_id } = await serving.client(RunNow, { job_id })
    await waitForEnd(serving.client, run_id)
    await identities.update(old.id, { name: 'weekly-before' })
    const namesake = await identities.create('service_principal', 'weekly')
    const clientOf = async ({ id }: { readonly id: string }) => {
      const add: Privilege[] = ['READ JOBS', 'RUN JOBS', 'EDIT JOBS']
      await grants.change(authorizer.metastore[0], [{ principal_id: id, add, remove: [] }], LOCAL_OWNER)
      return as((await tokens.issue(id, 'test')).secret)
    }
    const client = await clientOf(namesake)
    const job_parameters = { n: '2' }
    const refused = [
      () => client(RunNow, { job_id, job_parameters }),
      () => client(RepairRun, { run_id, rerun_tasks: ['a'], job_parameters }),
      () => client(UpdateJob, { job_id, new_settings: { timeout_seconds: 60 } }),
    ]
    for (const attempt of refused)
      await expect(attempt()).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
    const { tasks: _, ...own } = { ...settings, run_as: { service_principal_name: 'weekly-before' } }
    const theirs = await serving.client(CreateJob, { ...own, tasks: [task('a')] })
    await (await clientOf(old))(RunNow, { job_id: theirs.job_id, job_parameters })
  })

  test('rejects an update of a job whose run_as was changed after the check', async () => {
    const { identities, grants, authorizer, tokens, client: as } = serving.context
    const [pia, robot] = [await identities.create('user', 'pia'), await identities.create('user', 'robot')]
    const add: Privilege[] = ['CREATE JOB', 'READ JOBS', 'RUN JOBS', 'EDIT JOBS']
    await grants.change(authorizer.metastore[0], [{ principal_id: pia.id, add, remove: [] }], LOCAL_OWNER)
    const client = as((await tokens.issue(pia.id, 'test')).secret)
    const { job_id } = await client(CreateJob, { run_as: { user_name: 'pia' }, tasks: [task('a')] })
    const { find } = identities
    let changed = false
    identities.find = async (name) => {
      const found = await find.call(identities, name)
      if (name === 'pia' && !changed) {
        changed = true
        await serving.client(UpdateJob, { job_id, new_settings: { run_as: { user_name: robot.name } } })
      }
      return found
    }
    try {
      const update = client(UpdateJob, { job_id, new_settings: { tasks: [task('b')] } })
      await expect(update).rejects.toMatchObject({ code: 'RESOURCE_CONFLICT' })
    } finally {
      identities.find = find
    }
    expect((await serving.client(GetJob, { job_id })).settings?.tasks).toHaveLength(1)
  })

  test('runs and repairs a job as its creator, even if another principal starts it', async () => {
    const { identities, grants, authorizer, tokens, client: as } = serving.context
    const people = [await identities.create('user', 'maker'), await identities.create('user', 'presser')]
    const [maker, presser] = await Promise.all(
      people.map(async ({ id }) => {
        const add: Privilege[] = ['CREATE JOB', 'READ JOBS', 'RUN JOBS']
        await grants.change(authorizer.metastore[0], [{ principal_id: id, add, remove: [] }], LOCAL_OWNER)
        return as((await tokens.issue(id, 'test')).secret)
      }),
    )
    const actorOf = async (run_id: number) => {
      await waitForEnd(serving.client, run_id)
      return (await serving.client(GetRunProgress, { run_id })).tasks[0]!.values?.actor
    }
    const parameters = [{ name: 'n', default: '1' }]
    const { job_id } = await maker!(CreateJob, { parameters, tasks: [task('a')] })
    const { run_id } = await presser!(RunNow, { job_id })
    expect(await actorOf(run_id)).toBe('maker')
    await presser!(RepairRun, { run_id, rerun_tasks: ['a'] })
    expect(await actorOf(run_id)).toBe('maker')
    expect((await serving.client(GetJobRun, { run_id })).creator_user_name).toBe('presser')
    const changed = presser!(RunNow, { job_id, job_parameters: { n: '2' } })
    await expect(changed).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
    expect(await actorOf((await maker!(RunNow, { job_id, job_parameters: { n: '2' } })).run_id)).toBe('maker')
    expect(await actorOf((await presser!(SubmitRun, { tasks: [task('a')] })).run_id)).toBe('presser')
    await identities.delete(people[0]!.id)
    await identities.create('user', 'maker')
    const orphan = await presser!(RunNow, { job_id })
    expect(await actorOf(orphan.run_id), 'a namesake is not the creator').toBeUndefined()
    const { error } = await serving.client(GetRunOutput, { run_id: orphan.run_id })
    expect(error).toMatch(/the principal that created the job was deleted/)
  })

  test("records the caller that overrides the owner's parameters as the writer of the run", async () => {
    const { identities, grants, authorizer, tokens, client: as } = serving.context
    const deputy = await identities.create('user', 'deputy')
    const add: Privilege[] = ['MANAGE', 'ALL PRIVILEGES']
    await grants.change(authorizer.metastore[0], [{ principal_id: deputy.id, add, remove: [] }], LOCAL_OWNER)
    const client = as((await tokens.issue(deputy.id, 'test')).secret)
    const parametrized = {
      ...task('a'),
      node_task: { entry: 'noop', parameters: { n: '{{job.parameters.n}}' } },
    }
    const { job_id } = await serving.client(CreateJob, {
      parameters: [{ name: 'n', default: '1' }],
      tasks: [parametrized],
    })
    const writerOf = async (run_id: number) => {
      await waitForEnd(serving.client, run_id)
      return (await serving.client(GetRunProgress, { run_id })).tasks[0]!.values?.writer
    }
    const job_parameters = { n: '2' }
    const overridden = await client(RunNow, { job_id, job_parameters })
    expect(await writerOf(overridden.run_id)).toBe(deputy.id)
    const { run_id } = await client(RunNow, { job_id })
    expect(await writerOf(run_id)).toBe(LOCAL_OWNER.id)
    await client(RepairRun, { run_id, rerun_tasks: ['a'], job_parameters })
    expect(await writerOf(run_id)).toBe(deputy.id)
    await serving.client(RepairRun, { run_id, rerun_tasks: ['a'], job_parameters })
    expect(await writerOf(run_id), 'with parameters of both').toBe(deputy.id)
  })

  test('lets a token with scopes start and repair jobs, but not change them or their parameters', async () => {
    const { tokens, client: as } = serving.context
    const parameters = [{ name: 'n', default: '1' }]
    const settings = { parameters, tasks: [task('a')] }
    const { job_id } = await serving.client(CreateJob, settings)
    const [client, reader] = await Promise.all(
      ['jobs', 'read'].map(async (scope) =>
        as((await tokens.issue(LOCAL_OWNER.id, scope, { scopes: [scope] })).secret),
      ),
    )
    const { run_id } = await client!(RunNow, { job_id })
    expect((await waitForEnd(serving.client, run_id)).state.result_state).toBe('SUCCESS')
    const rerun = { run_id, rerun_tasks: ['a'] }
    await client!(RepairRun, rerun)
    expect((await waitForEnd(serving.client, run_id)).state.result_state).toBe('SUCCESS')
    const job_parameters = { n: '2' }
    const refused = [
      () => client!(CreateJob, settings),
      () => client!(UpdateJob, { job_id, new_settings: { name: 'x' } }),
      () => client!(ResetJob, { job_id, new_settings: settings }),
      () => client!(SubmitRun, { tasks: [task('a')] }),
      () => client!(RunNow, { job_id, job_parameters }),
      () => client!(RepairRun, { ...rerun, job_parameters }),
      () => reader!(RunNow, { job_id }),
      () => reader!(RepairRun, rerun),
    ]
    for (const attempt of refused)
      await expect(attempt()).rejects.toMatchObject({
        code: 'PERMISSION_DENIED',
        message: expect.stringMatching(/the token is only for (jobs|read)/i),
      })
  })

  test('prevents impersonation through jobs', async () => {
    const { identities, grants, authorizer, tokens, client: as } = serving.context
    const bob = await identities.create('user', 'bob')
    const owner = { id: 'local-owner', type: 'user', name: 'owner' } as const
    const add = ['CREATE JOB', 'READ JOBS', 'RUN JOBS', 'EDIT JOBS'] as const
    await grants.change(authorizer.metastore[0], [{ principal_id: bob.id, add, remove: [] }], owner)
    const client = as((await tokens.issue(bob.id, 'test')).secret)
    const run_as = { user_name: 'owner' }
    const denied = { code: 'PERMISSION_DENIED' }
    const own = await client(CreateJob, { run_as: { user_name: 'bob' }, tasks: [task('a')] })
    await client(UpdateJob, { job_id: own.job_id, new_settings: { name: 'still mine' } })
    await expect(client(CreateJob, { run_as, tasks: [task('a')] })).rejects.toMatchObject(denied)
    await expect(client(SubmitRun, { tasks: [{ ...task('a'), run_as }] })).rejects.toMatchObject(denied)
    const theirs = await serving.client(CreateJob, { tasks: [task('a')] })
    const tasks = [task('a'), task('mine')]
    await expect(client(ResetJob, { job_id: theirs.job_id, new_settings: { tasks } })).rejects.toMatchObject(
      denied,
    )
    await expect(client(UpdateJob, { job_id: theirs.job_id, new_settings: { tasks } })).rejects.toMatchObject(
      denied,
    )
    const parameters = [{ name: 'n', default: '1' }]
    const impersonating = { parameters, tasks: [{ ...task('a'), run_as }] }
    const { job_id } = await serving.client(CreateJob, impersonating)
    const job_parameters = { n: '2' }
    await expect(client(RunNow, { job_id, job_parameters })).rejects.toMatchObject(denied)
    const { run_id } = await serving.client(RunNow, { job_id, job_parameters })
    await waitForEnd(serving.client, run_id)
    const repair = { run_id, rerun_tasks: ['a'], job_parameters: { n: '3' } }
    await expect(client(RepairRun, repair)).rejects.toMatchObject(denied)
    const again = await client(RunNow, { job_id })
    await waitForEnd(serving.client, again.run_id)
    const once = { tasks: [task('a')], idempotency_token: 'of-two' }
    const [ours, his] = [await serving.client(SubmitRun, once), await client(SubmitRun, once)]
    expect(his.run_id, 'idempotency tokens are scoped to the principal').not.toBe(ours.run_id)
  })
})
