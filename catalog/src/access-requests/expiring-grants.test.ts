import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import type { AuthSchema } from '@cairn/platform/auth/schema'
import { enterSecurable } from '@cairn/platform/auth/securables'
import { ApproveAccessRequest, RequestAccess } from '@cairn/platform/protocol/cairn/access-requests'
import { ReviewObject } from '@cairn/platform/protocol/cairn/access-review'
import { ListAudit } from '@cairn/platform/protocol/cairn/audit'
import { ExperimentPermissions } from '@cairn/platform/protocol/databricks/object-permissions'
import { databases } from '@cairn/platform/testing/databases'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { GrantExpiry } from '../permissions/grant-expiry.js'
import { type Actor, failure, type TestCatalog, testCatalog } from '../testing/catalog.js'

const DAY_MS = 86_400_000
const OBJECT = { type: 'experiment', id: '1', name: '/e', owner: LOCAL_OWNER.id } as const
const ASKED = { securable_type: 'experiment', full_name: '1', level: 'CAN_EDIT' }

describe.each(databases)('an approval with an end on %s', (_, database) => {
  let server: TestCatalog
  let bob: Actor
  let clock: number
  beforeEach(async () => {
    clock = 1_700_000_000_000
    server = await testCatalog(database, { now: () => clock })
    bob = await server.actor('user', 'bob')
    await server.context.db
      .for<AuthSchema>()
      .transaction((tx) => enterSecurable(tx, { ...OBJECT, created_at: 1 }))
  })
  afterEach(() => server.close())

  const expire = () => {
    const { app, context } = server
    const db = context.db.for<AuthSchema>()
    const onError = (error: unknown) => {
      throw error
    }
    const options = { db, authorizer: context.authorizer, audit: app.audit, now: () => clock, onError }
    return new GrantExpiry(options).revoke()
  }
  const granted = async () =>
    (await server.context.grants.onChain([OBJECT])).map(({ privilege, expires_at }) => [
      privilege,
      expires_at && (expires_at - 1_700_000_000_000) / DAY_MS,
    ])
  const ask = async (days?: number) =>
    (await bob.as(RequestAccess, { ...ASKED, ...(days && { grant_expires_in_days: days }) })).id
  const approve = async (id: string, days?: number) =>
    server.owner(ApproveAccessRequest, { id, ...(days && { grant_expires_in_days: days }) })

  test('grants for the days that were asked for, or others, and the review shows until when', async () => {
    expect(await approve(await ask(7))).toMatchObject({
      ...{ grant_expires_in_days: 7, grant_expires_at: clock + 7 * DAY_MS },
    })
    expect(await granted()).toEqual([
      ['EDIT EXPERIMENTS', 7],
      ['READ EXPERIMENTS', 7],
    ])
    const { entries } = await server.owner(ReviewObject, ASKED)
    const [reading] = entries.find(({ principal }) => principal === 'bob')!.privileges
    expect(reading!.basis).toMatchObject([{ holder: 'bob', expires_at: clock + 7 * DAY_MS }])
    const carl = await server.actor('user', 'carl')
    const { id } = await carl.as(RequestAccess, { ...ASKED, grant_expires_in_days: 30 })
    expect((await approve(id, 2)).grant_expires_at).toBe(clock + 2 * DAY_MS)
  })

  test('ends with its time, which is in the audit log of the object', async () => {
    await approve(await ask(7))
    clock += 7 * DAY_MS - 1
    expect(await expire()).toBe(0)
    expect((await bob.as(ExperimentPermissions.Get, { id: '1' })).access_control_list).toHaveLength(2)
    clock += 1
    expect(await expire()).toBe(2)
    expect(await expire()).toBe(0)
    expect(await failure(bob.as(ExperimentPermissions.Get, { id: '1' }))).toMatchObject({ statusCode: 404 })
    const { events } = await server.owner(ListAudit, { action: 'expireGrants' })
    expect(events).toMatchObject([
      {
        outcome: 'success',
        changes: [
          { principal: 'bob', removed: expect.arrayContaining(['EDIT EXPERIMENTS', 'READ EXPERIMENTS']) },
        ],
      },
    ])
  })

  test('shortens no grant that lasts longer, and a grant without an end removes the end', async () => {
    const change = (add: 'READ EXPERIMENTS' | 'EDIT EXPERIMENTS') =>
      server.context.grants.change(
        OBJECT,
        [{ principal_id: bob.principal.id, add: [add], remove: [] }],
        LOCAL_OWNER,
      )
    await change('READ EXPERIMENTS')
    await approve(await ask(7))
    expect(await granted()).toEqual([
      ['EDIT EXPERIMENTS', 7],
      ['READ EXPERIMENTS', null],
    ])
    expect(await change('EDIT EXPERIMENTS')).toMatchObject([{ added: ['EDIT EXPERIMENTS'] }])
    expect(await change('EDIT EXPERIMENTS')).toEqual([])
    clock += 8 * DAY_MS
    expect(await expire()).toBe(0)
  })

  test('keeps its end when a list of permissions is replaced by an equal one', async () => {
    await approve(await ask(7))
    const access_control_list = [{ user_name: 'bob', permission_level: 'CAN_EDIT' }]
    await server.owner(ExperimentPermissions.Set, { id: '1', access_control_list })
    expect(await granted()).toEqual([
      ['EDIT EXPERIMENTS', 7],
      ['READ EXPERIMENTS', 7],
    ])
  })

  test('has the time of the approved request: an equal request for another time is refused', async () => {
    const id = await ask(7)
    expect(await ask(7)).toBe(id)
    expect(await failure(ask())).toMatchObject({
      ...{ code: 'RESOURCE_CONFLICT', message: expect.stringContaining('for 7 days') },
    })
    expect((await approve(id)).grant_expires_in_days).toBe(7)
  })

  test('is refused for a requester who is denied the object, because the denial would not return', async () => {
    const deny = [{ principal_id: bob.principal.id, add: ['DENY' as const], remove: [] }]
    await server.context.grants.change(OBJECT, deny, LOCAL_OWNER)
    const id = await ask(7)
    expect(await failure(approve(id))).toMatchObject({
      ...{ code: 'INVALID_STATE', message: expect.stringContaining('without an end') },
    })
    expect(await granted()).toEqual([['DENY', null]])
  })
})
