import type { SecurableChain } from '@cairn/platform/auth/decide'
import { EVERYONE, LOCAL_OWNER } from '@cairn/platform/auth/principal'
import type { Client } from '@cairn/platform/protocol/client'
import {
  CreateNotificationDestination,
  DeleteNotificationDestination,
  GetNotificationDestination,
  ListNotificationDestinations,
  UpdateNotificationDestination,
} from '@cairn/platform/protocol/databricks/job-notifications'
import { RunNow, SubmitRun } from '@cairn/platform/protocol/databricks/job-runs'
import { CreateJob, GetJob, ResetJob, UpdateJob } from '@cairn/platform/protocol/databricks/jobs'
import type { Privilege } from '@cairn/platform/protocol/privileges'
import { databases } from '@cairn/platform/testing/databases'
import { receiver } from '@cairn/platform/testing/receiver'
import { readable } from '@cairn/platform/webhooks/notifier'
import { WebhookSecrets } from '@cairn/platform/webhooks/webhook-secrets'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PipelinesSchema } from '../schema.js'
import { waitForEnd } from '../testing/client.js'
import { noop, noopTask } from '../testing/job-tasks.js'
import { type ServedPipelines, servePipelines } from '../testing/serve.js'
import { DestinationAccess } from './destination-access.js'
import { DestinationReceivers } from './receivers.js'

const tasks = [noopTask('a')]
const settings = { webhook_allow_private_ips: true, webhook_allowed_schemes: 'http' }
const on_success = (id: string) => ({ webhook_notifications: { on_success: [{ id }] }, tasks })

describe.each(databases)('rights on notification destinations on %s', (_name, database) => {
  let serving: ServedPipelines
  let people = 0
  beforeAll(async () => {
    serving = await servePipelines([noop], { database, settings })
  })
  afterAll(() => serving?.close())

  /** A member with a client of its own. */
  async function member(...add: Privilege[]) {
    const { identities, tokens, grants, authorizer, client } = serving.context
    const { id } = await identities.create('user', `member-${people++}`)
    await grants.change(authorizer.metastore[0], [{ principal_id: id, add, remove: [] }], LOCAL_OWNER)
    return { id, client: client((await tokens.issue(id, 'test')).secret) }
  }
  async function destination(url = 'http://127.0.0.1:9/') {
    const display_name = `destination-${people++}`
    const created = await serving.client(CreateNotificationDestination, {
      ...{ display_name, config: { slack: { url } } },
    })
    return created.id
  }
  async function change(id: string, principal_id: string, verb: 'add' | 'remove', privilege: Privilege) {
    const [object] = (await serving.context.securables.chain(
      'notification_destination',
      id,
    )) as SecurableChain
    const changed = { principal_id, add: [], remove: [], [verb]: [privilege] }
    await serving.context.grants.change(object, [changed], LOCAL_OWNER)
  }
  const jobOf = async (client: Client, id: string) => (await client(CreateJob, on_success(id))).job_id
  const hidden = { code: 'INVALID_PARAMETER_VALUE', message: expect.stringContaining('on_success') }

  test('a member names only destinations that it may use, and others do not exist for it', async () => {
    const { client, id: mia } = await member('CREATE JOB')
    const id = await destination()
    const { job_id } = await client(CreateJob, { tasks })
    for (const refused of [
      () => client(CreateJob, on_success(id)),
      () => client(SubmitRun, on_success(id)),
      () => client(ResetJob, { job_id, new_settings: on_success(id) }),
      () => client(UpdateJob, { job_id, new_settings: on_success(id) }),
    ])
      await expect(refused()).rejects.toMatchObject(hidden)
    await expect(client(GetNotificationDestination, { id })).rejects.toMatchObject({
      code: 'RESOURCE_DOES_NOT_EXIST',
    })
    expect(await client(ListNotificationDestinations, {})).toEqual({ results: [] })

    await change(id, mia, 'add', 'USE DESTINATION')
    await client(UpdateJob, { job_id, new_settings: on_success(id) })
    expect((await client(GetJob, { job_id })).settings.webhook_notifications).toEqual({
      on_success: [{ id }],
    })
    expect((await client(ListNotificationDestinations, {})).results).toMatchObject([{ id }])
    for (const refused of [
      () => client(UpdateNotificationDestination, { id, display_name: 'mine' }),
      () => client(DeleteNotificationDestination, { id }),
      () =>
        client(CreateNotificationDestination, {
          display_name: 'x',
          config: { slack: { url: 'http://127.0.0.1:9/' } },
        }),
    ])
      await expect(refused()).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
  })

  test('a member who may see a destination, but not use it, is told whom to ask', async () => {
    const { client, id: mia } = await member('CREATE JOB')
    const id = await destination()
    await change(id, mia, 'add', 'MANAGE')
    await expect(client(CreateJob, on_success(id))).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      message: expect.stringMatching(/lacks USE DESTINATION on notification_destination 'destination-\d+'/),
    })
  })

  test('an editor keeps the destinations of a job, and adds none that it may not use', async () => {
    await using target = await receiver()
    const id = await destination(target.url)
    const other = await destination()
    const author = await member('CREATE JOB')
    await change(id, author.id, 'add', 'USE DESTINATION')
    const job_id = await jobOf(author.client, id)
    const { client } = await member('EDIT JOBS', 'READ JOBS', 'RUN JOBS', 'MANAGE IDENTITIES')
    await client(UpdateJob, { job_id, new_settings: { description: 'changed' } })
    await client(ResetJob, { job_id, new_settings: { ...on_success(id), name: 'reset' } })
    await expect(client(UpdateJob, { job_id, new_settings: on_success(other) })).rejects.toMatchObject(hidden)
    await client(RunNow, { job_id })
    expect(await target.until(1)).toHaveLength(1)
  })

  test('a destination is not called once the principal that named it may not use it', async () => {
    await using target = await receiver()
    const { client, id: mia } = await member('CREATE JOB')
    const id = await destination(target.url)
    await change(id, mia, 'add', 'USE DESTINATION')
    const job_id = await jobOf(client, id)
    const ended = async () => waitForEnd(client, (await client(RunNow, { job_id })).run_id)
    await ended()
    await target.until(1)
    await change(id, mia, 'remove', 'USE DESTINATION')
    await ended()
    const db = serving.context.db.for<PipelinesSchema>()
    const left = () => db.read.selectFrom('job_notifications').select('id').where('url', '=', id).execute()
    await expect.poll(left, { timeout: 20_000 }).toEqual([])
    expect(target.received).toHaveLength(1)
    await change(id, EVERYONE.id, 'add', 'USE DESTINATION')
    await ended()
    await target.until(2)
  })

  test('the database has no URL of a destination, and a changed URL receives what follows', async () => {
    await using target = await receiver()
    const id = await destination('http://127.0.0.1:9/canary-of-a-token')
    const db = serving.context.db.for<PipelinesSchema>()
    const row = await db.read
      .selectFrom('notification_destinations')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    expect(JSON.stringify(row)).not.toContain('canary')
    await serving.client(UpdateNotificationDestination, { id, config: { slack: { url: target.url } } })
    const job_id = await jobOf(serving.client, id)
    await serving.client(RunNow, { job_id })
    await target.until(1)
  })
  test('a server without the key leaves a destination to others', async () => {
    const id = await destination()
    const db = serving.context.db.for<PipelinesSchema>()
    const access = new DestinationAccess(serving.context)
    const other = new DestinationReceivers(db, new WebhookSecrets('another key'), access)
    expect(await other.withOtherKey()).toContain(id)
    expect(await readable([id, 'deleted'], other)).toEqual(['deleted'])
  })
})
