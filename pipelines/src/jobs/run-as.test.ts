import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import { GetRunProgress } from '@cairn/platform/protocol/cairn/run-progress'
import {
  GetJobRun,
  GetRunOutput,
  RepairRun,
  RunNow,
  SubmitRun,
} from '@cairn/platform/protocol/databricks/job-runs'
import { CreateJob, GetJob, ResetJob, UpdateJob } from '@cairn/platform/protocol/databricks/jobs'
import type { Privilege } from '@cairn/platform/protocol/privileges'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { waitForEnd } from '../testing/client.js'
import { noop, noopTask } from '../testing/job-tasks.js'
import { type ServedPipelines, servePipelines } from '../testing/serve.js'

describe.each(databases)('run_as of jobs on %s', (_name, database) => {
  let serving: ServedPipelines
  beforeAll(async () => {
    serving = await servePipelines([noop], { database })
  })
  afterAll(() => serving?.close())

  test('does not let run_as make anyone an administrator', async () => {
    const { identities, grants, authorizer, tokens, client: as } = serving.context
    const [mia, bot] = [await identities.create('user', 'mia'), await identities.create('user', 'bot')]
    const grant = (principal_id: string, ...add: Privilege[]) =>
      grants.change(authorizer.metastore[0], [{ principal_id, add, remove: [] }], LOCAL_OWNER)
    await grant(mia.id, 'MANAGE IDENTITIES', 'CREATE JOB', 'READ JOBS', 'RUN JOBS', 'EDIT JOBS')
    const client = as((await tokens.issue(mia.id, 'test')).secret)
    const settings = (user_name: string) => ({ run_as: { user_name }, tasks: [noopTask('a')] })
    const { job_id } = await client(CreateJob, settings('bot'))
    const first = await client(RunNow, { job_id })
    expect((await waitForEnd(client, first.run_id)).state.result_state).toBe('SUCCESS')
    const denied = { code: 'PERMISSION_DENIED', message: expect.stringMatching(/'owner' holds MANAGE on/) }
    const refused = [
      () => client(CreateJob, settings('owner')),
      () => client(SubmitRun, { tasks: [{ ...noopTask('a'), run_as: { user_name: 'owner' } }] }),
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
    const { job_id } = await serving.client(CreateJob, { ...named, tasks: [noopTask('a')] })
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
    const own = await client(CreateJob, { tasks: [noopTask('a')] })
    const run_as = { service_principal_name: 'tonight' }
    const delegated = await client(CreateJob, { run_as, tasks: [noopTask('a')] })
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
    const settings = { parameters, tasks: [{ ...noopTask('a'), run_as }] }
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
    const theirs = await serving.client(CreateJob, { ...own, tasks: [noopTask('a')] })
    await (await clientOf(old))(RunNow, { job_id: theirs.job_id, job_parameters })
  })

  test('rejects an update of a job whose run_as was changed after the check', async () => {
    const { identities, grants, authorizer, tokens, client: as } = serving.context
    const [pia, robot] = [await identities.create('user', 'pia'), await identities.create('user', 'robot')]
    const add: Privilege[] = ['CREATE JOB', 'READ JOBS', 'RUN JOBS', 'EDIT JOBS']
    await grants.change(authorizer.metastore[0], [{ principal_id: pia.id, add, remove: [] }], LOCAL_OWNER)
    const client = as((await tokens.issue(pia.id, 'test')).secret)
    const { job_id } = await client(CreateJob, { run_as: { user_name: 'pia' }, tasks: [noopTask('a')] })
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
      const update = client(UpdateJob, { job_id, new_settings: { tasks: [noopTask('b')] } })
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
    const { job_id } = await maker!(CreateJob, { parameters, tasks: [noopTask('a')] })
    const { run_id } = await presser!(RunNow, { job_id })
    expect(await actorOf(run_id)).toBe('maker')
    await presser!(RepairRun, { run_id, rerun_tasks: ['a'] })
    expect(await actorOf(run_id)).toBe('maker')
    expect((await serving.client(GetJobRun, { run_id })).creator_user_name).toBe('presser')
    const changed = presser!(RunNow, { job_id, job_parameters: { n: '2' } })
    await expect(changed).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
    expect(await actorOf((await maker!(RunNow, { job_id, job_parameters: { n: '2' } })).run_id)).toBe('maker')
    expect(await actorOf((await presser!(SubmitRun, { tasks: [noopTask('a')] })).run_id)).toBe('presser')
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
      ...noopTask('a'),
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
    const settings = { parameters, tasks: [noopTask('a')] }
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
      () => client!(SubmitRun, { tasks: [noopTask('a')] }),
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
    const own = await client(CreateJob, { run_as: { user_name: 'bob' }, tasks: [noopTask('a')] })
    await client(UpdateJob, { job_id: own.job_id, new_settings: { name: 'still mine' } })
    await expect(client(CreateJob, { run_as, tasks: [noopTask('a')] })).rejects.toMatchObject(denied)
    await expect(client(SubmitRun, { tasks: [{ ...noopTask('a'), run_as }] })).rejects.toMatchObject(denied)
    const theirs = await serving.client(CreateJob, { tasks: [noopTask('a')] })
    const tasks = [noopTask('a'), noopTask('mine')]
    await expect(client(ResetJob, { job_id: theirs.job_id, new_settings: { tasks } })).rejects.toMatchObject(
      denied,
    )
    await expect(client(UpdateJob, { job_id: theirs.job_id, new_settings: { tasks } })).rejects.toMatchObject(
      denied,
    )
    const parameters = [{ name: 'n', default: '1' }]
    const impersonating = { parameters, tasks: [{ ...noopTask('a'), run_as }] }
    const { job_id } = await serving.client(CreateJob, impersonating)
    const job_parameters = { n: '2' }
    await expect(client(RunNow, { job_id, job_parameters })).rejects.toMatchObject(denied)
    const { run_id } = await serving.client(RunNow, { job_id, job_parameters })
    await waitForEnd(serving.client, run_id)
    const repair = { run_id, rerun_tasks: ['a'], job_parameters: { n: '3' } }
    await expect(client(RepairRun, repair)).rejects.toMatchObject(denied)
    const again = await client(RunNow, { job_id })
    await waitForEnd(serving.client, again.run_id)
    const once = { tasks: [noopTask('a')], idempotency_token: 'of-two' }
    const [ours, his] = [await serving.client(SubmitRun, once), await client(SubmitRun, once)]
    expect(his.run_id, 'idempotency tokens are scoped to the principal').not.toBe(ours.run_id)
  })
})
