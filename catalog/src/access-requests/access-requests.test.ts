import type { AuthSchema } from '@cairn/platform/auth/schema'
import type { Securables } from '@cairn/platform/auth/securables'
import { enterSecurable, removeSecurable } from '@cairn/platform/auth/securables'
import {
  ApproveAccessRequest,
  DeclineAccessRequest,
  ListAccessRequests,
  RequestAccess,
  WithdrawAccessRequest,
} from '@cairn/platform/protocol/cairn/access-requests'
import { ExperimentPermissions } from '@cairn/platform/protocol/databricks/object-permissions'
import type { Input } from '@cairn/platform/protocol/operation'
import { UpdateSchema } from '@cairn/platform/protocol/unity/schemas'
import { GetTable } from '@cairn/platform/protocol/unity/tables'
import { databases } from '@cairn/platform/testing/databases'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  type Actor,
  aCatalog,
  aSchema,
  aTable,
  failure,
  type TestCatalog,
  testCatalog,
} from '../testing/catalog.js'

const HOUR_MS = 3_600_000

const WISHES: Readonly<Record<string, string>> = {
  experiment: 'READ EXPERIMENTS',
  table: 'SELECT',
  catalog: 'CREATE SCHEMA',
}

const INVALID: readonly (readonly [message: string, input: object])[] = [
  ["Invalid securable_type 'function'", { securable_type: 'function' }],
  ["Invalid level 'CAN_FLY': one of CAN_READ, CAN_EDIT, CAN_MANAGE.", { level: 'CAN_FLY' }],
  ["Name either 'privileges' or 'level'.", { level: undefined }],
  ["Name either 'privileges' or 'level'.", { privileges: ['SELECT'] }],
  ["'privileges' must name at least one privilege.", { level: undefined, privileges: [] }],
  ['SELECT cannot be granted on a experiment.', { level: undefined, privileges: ['SELECT'] }],
  ['DENY gives no access', { level: undefined, privileges: ['DENY'] }],
  ["Unknown privilege 'FLY'.", { level: undefined, privileges: ['FLY'] }],
  [
    "A table has no permission levels: name 'privileges'.",
    { securable_type: 'table', full_name: 'main.s.t' },
  ],
  [
    'must have 3 parts',
    { securable_type: 'table', full_name: 'main', level: undefined, privileges: ['SELECT'] },
  ],
  ['reason', { reason: 'x'.repeat(2001) }],
  ['expires_in_days', { expires_in_days: 0 }],
]

describe.each(databases)('requests for access on %s', (_, database) => {
  let server: TestCatalog
  let clock: number
  let ada: Actor
  let bob: Actor
  beforeEach(async () => {
    clock = 1_700_000_000_000
    server = await testCatalog(database, { now: () => clock })
    ada = await server.actor('user', 'ada')
    bob = await server.actor('user', 'bob')
    await enter('experiment', '1', '/churn', ada)
    await enter('experiment', '90001', '/other', ada)
    await aCatalog(server.owner, 'main')
    await aSchema(server.owner, 'main.s')
    await aTable(server.owner, 'main.s.t')
    await server.owner(UpdateSchema, { full_name: 'main.s', owner: 'ada' })
    await server.grant(ada.principal, 'catalog', 'main', 'USE CATALOG')
  })
  afterEach(() => server.close())

  type Type = Parameters<Securables['find']>[0]
  const enter = (type: Type, id: string, name: string, { principal: { id: owner } }: Actor) =>
    server.context.db
      .for<AuthSchema>()
      .transaction((tx) => enterSecurable(tx, { type, id, name, owner, created_at: 1 }))
  const READ = { securable_type: 'experiment', full_name: '1', level: 'CAN_READ', reason: 'to compare' }
  const ask = (input: Partial<Input<typeof RequestAccess>> = {}, who = bob) =>
    who.as(RequestAccess, { ...READ, ...input })
  const inbox = async (who: Actor, state?: 'open') =>
    (await who.as(ListAccessRequests, { box: 'to_decide', ...(state && { state }) })).requests
  const mine = async (who: Actor) => (await who.as(ListAccessRequests, {})).requests

  test('a request lands with the owner and the administrators, who see the current name and grant it at once', async () => {
    const admin = await server.actor()
    await server.grant(admin.principal, 'metastore', '', 'MANAGE')
    const asked = await ask()
    expect(asked).toMatchObject({
      ...{ state: 'open', requester: 'bob', full_name: '1', level: 'CAN_READ' },
      ...{ privileges: ['READ EXPERIMENTS'], reason: 'to compare' },
    })
    for (const who of [ada, admin])
      expect(await inbox(who)).toMatchObject([{ id: asked.id, full_name: '/churn', securable_id: '1' }])
    expect(await inbox(bob)).toEqual([])
    expect(await failure(bob.as(ExperimentPermissions.Get, { id: '1' }))).toMatchObject({ statusCode: 404 })
    expect(await ada.as(ApproveAccessRequest, { id: asked.id })).toMatchObject({
      ...{ state: 'approved', decided_by: 'ada', decided_at: clock, granted: ['READ EXPERIMENTS'] },
    })
    expect((await bob.as(ExperimentPermissions.Get, { id: '1' })).access_control_list).toHaveLength(2)
    expect(await mine(bob)).toMatchObject([{ state: 'approved', decided_by: 'ada' }])
    expect(await inbox(ada, 'open')).toEqual([])
    expect(await inbox(ada)).toHaveLength(1) // history
    expect(await failure(ada.as(ApproveAccessRequest, { id: asked.id }))).toMatchObject({
      code: 'RESOURCE_CONFLICT',
    })
  })

  test('existing and absent objects get the same response until somebody decides', async () => {
    const answers = async (full_name: string, securable_type = 'experiment') => {
      const privileges = [WISHES[securable_type]!]
      const asked = await bob.as(RequestAccess, { securable_type, full_name, privileges })
      const again = await bob.as(RequestAccess, { securable_type, full_name, privileges })
      const decided = await failure(bob.as(ApproveAccessRequest, { id: asked.id }))
      const list = (await mine(bob)).filter(({ id }) => id === asked.id)
      await bob.as(WithdrawAccessRequest, { id: asked.id })
      return JSON.stringify([asked, again, list, decided.code, decided.message])
        .replaceAll(asked.id, 'ID')
        .replaceAll(full_name, 'NAME')
    }
    expect(await answers('90001')).toBe(await answers('90002'))
    expect(await answers('/churn')).toBe(await answers('/absent'))
    expect(await answers('main.s.t', 'table')).toBe(await answers('main.s.x', 'table'))
    expect(await answers('main.s.t', 'table')).toBe(await answers('no.such.table', 'table'))
    await server.grant(bob.principal, 'metastore', '', 'CREATE SCHEMA') // on all catalogs, and reveals none
    expect(await answers('main', 'catalog')).toBe(await answers('none', 'catalog'))
    await ask({ full_name: '90002' })
    for (const who of [ada, bob]) expect(await inbox(who, 'open')).toEqual([])
  })

  test('returns the open request for an equal one', async () => {
    const first = await ask()
    const twins = await Promise.all([
      ask(),
      ask({ level: undefined as never, privileges: ['READ_EXPERIMENTS'] }),
    ])
    expect(twins.map(({ id }) => id)).toEqual([first.id, first.id])
    expect((await ask({ level: 'CAN_EDIT' })).id).not.toBe(first.id)
    await ada.as(DeclineAccessRequest, { id: first.id, comment: 'ask later' })
    expect((await mine(bob)).find(({ id }) => id === first.id)).toMatchObject({
      ...{ state: 'declined', comment: 'ask later' },
    })
    expect((await ask()).id).not.toBe(first.id)
  })

  test('grants less than was asked, never more, and only what the decider has', async () => {
    const cy = await server.actor('user', 'cy')
    const { id } = await ask({ level: 'CAN_EDIT' })
    await server.context.grants.change(
      { type: 'experiment', id: '1', name: '/churn', owner: ada.principal.id },
      [{ principal_id: cy.principal.id, add: ['MANAGE', 'READ EXPERIMENTS'], remove: [] }],
      ada.principal,
    )
    expect(await failure(cy.as(ApproveAccessRequest, { id }))).toMatchObject({
      ...{ code: 'PERMISSION_DENIED', message: expect.stringContaining("'cy' lacks EDIT EXPERIMENTS") },
    })
    expect(await failure(ada.as(ApproveAccessRequest, { id, level: 'CAN_MANAGE' }))).toMatchObject({
      message: 'MANAGE was not asked for: grant READ EXPERIMENTS, EDIT EXPERIMENTS or some of them.',
    })
    expect((await cy.as(ApproveAccessRequest, { id, level: 'CAN_READ' })).granted).toEqual([
      'READ EXPERIMENTS',
    ])
    expect(await failure(bob.as(ExperimentPermissions.Update, { id: '1' }))).toMatchObject({
      code: 'PERMISSION_DENIED',
    })
  })

  test('privileges on data are requested one securable at a time, and work when all are granted', async () => {
    const refusal = await failure(bob.as(GetTable, { full_name: 'main.s.t' }))
    const { missing } = refusal.details as {
      missing: { privileges: string[]; securable_type: string; securable: string }[]
    }
    for (const { privileges, securable_type, securable } of missing)
      await bob.as(RequestAccess, {
        securable_type,
        full_name: securable,
        privileges: privileges.slice(0, 1),
      })
    expect((await inbox(ada)).map(({ full_name }) => full_name).sort()).toEqual(['main.s', 'main.s.t'])
    for (const { id } of await inbox(ada)) await ada.as(ApproveAccessRequest, { id })
    const all = await server.owner(ListAccessRequests, { box: 'to_decide', state: 'open' })
    expect(all.requests.map(({ full_name }) => full_name)).toEqual(['main'])
    await server.owner(ApproveAccessRequest, { id: all.requests[0]!.id })
    expect(await bob.as(GetTable, { full_name: 'main.s.t' })).toMatchObject({ full_name: 'main.s.t' })
    expect(
      await failure(
        ask({
          securable_type: 'table',
          full_name: 'main.s.t',
          level: undefined as never,
          privileges: ['SELECT'],
        }),
      ),
    ).toMatchObject({ code: 'INVALID_STATE' })
  })

  test('follows a renamed object, and not one that is created again under its name', async () => {
    const { id } = await bob.as(RequestAccess, {
      ...{ securable_type: 'schema', full_name: 'main.s', privileges: ['USE SCHEMA'] },
    })
    await server.owner(UpdateSchema, { full_name: 'main.s', new_name: 'renamed' })
    expect(await inbox(ada)).toMatchObject([{ id, full_name: 'main.renamed' }])
    expect(await mine(bob)).toMatchObject([{ id, full_name: 'main.s' }])
    const { id: second } = await ask()
    await server.context.db.for<AuthSchema>().transaction((tx) => removeSecurable(tx, 'experiment', '1'))
    expect(await failure(ada.as(ApproveAccessRequest, { id: second }))).toMatchObject({ statusCode: 404 })
    expect((await mine(bob)).find((one) => one.id === second)).toMatchObject({ state: 'open' })
  })

  test('only its requester withdraws a request, and others do not learn of it', async () => {
    const { id } = await ask()
    const eve = await server.actor()
    for (const attempt of [
      () => eve.as(WithdrawAccessRequest, { id }),
      () => eve.as(ApproveAccessRequest, { id }),
      () => eve.as(DeclineAccessRequest, { id, comment: 'no' }),
      () => ada.as(WithdrawAccessRequest, { id }),
    ])
      expect(await failure(attempt())).toMatchObject({
        ...{ statusCode: 404, message: `Access request '${id}' does not exist.` },
      })
    expect(await failure(eve.as(WithdrawAccessRequest, { id: 'x' }))).toMatchObject({
      message: "Access request 'x' does not exist.",
    })
    expect(await bob.as(WithdrawAccessRequest, { id })).toMatchObject({ state: 'withdrawn' })
    expect(await failure(ada.as(ApproveAccessRequest, { id }))).toMatchObject({ code: 'RESOURCE_CONFLICT' })
    expect(await failure(bob.as(ExperimentPermissions.Get, { id: '1' }))).toMatchObject({ statusCode: 404 })
  })

  test('of a concurrent approval and withdrawal one succeeds, and the grant follows it', async () => {
    for (let round = 0; round < 5; round++) {
      const { id } = await ask({
        reason: String(round),
        privileges: ['EDIT EXPERIMENTS'],
        level: undefined as never,
      })
      const [approved, withdrawn] = await Promise.allSettled([
        ada.as(ApproveAccessRequest, { id }),
        bob.as(WithdrawAccessRequest, { id }),
      ])
      expect([approved.status, withdrawn.status].sort()).toEqual(['fulfilled', 'rejected'])
      const { grants, securables } = server.context
      const { type, name, owner } = (await securables.find('experiment', '1'))!
      const object = { type, id: '1', name, owner }
      expect((await grants.onChain([object])).length).toBe(approved.status === 'fulfilled' ? 1 : 0)
      const remove = ['EDIT EXPERIMENTS'] as const
      await grants.change(object, [{ principal_id: bob.principal.id, add: [], remove }], ada.principal)
    }
  })

  test('lapses at its time, and is deleted with the audit events', async () => {
    const { id, expires_at } = await ask({ expires_in_days: 1 })
    expect(expires_at).toBe(clock + 24 * HOUR_MS)
    clock += 24 * HOUR_MS
    expect(await mine(bob)).toMatchObject([{ id, state: 'expired' }])
    expect(await inbox(ada, 'open')).toEqual([])
    expect(await failure(ada.as(ApproveAccessRequest, { id }))).toMatchObject({ code: 'RESOURCE_CONFLICT' })
    expect((await ask()).id).not.toBe(id)
    clock += (server.context.config.audit_retention_days + 1) * 24 * HOUR_MS
    await server.context.retention.purge()
    expect(await mine(bob)).toMatchObject([{ state: 'open' }])
  })

  test('limits how many requests a principal sends, without counting equal ones', async () => {
    for (let i = 0; i < 30; i++) await ask({ full_name: `absent-${i}` })
    await ask({ full_name: 'absent-0' })
    expect(await failure(ask())).toMatchObject({
      ...{ code: 'RESOURCE_EXHAUSTED', details: { retry_after_seconds: 3600 } },
    })
    clock += HOUR_MS
    expect((await ask()).state).toBe('open')
  })

  test('is paged with any page size, newest first', async () => {
    for (let i = 0; i < 5; i++) {
      clock += 1
      await enter('experiment', `2${i}`, `/e${i}`, ada)
      await ask({ full_name: `2${i}` })
    }
    for (const [box, who] of [
      ['mine', bob],
      ['to_decide', ada],
    ] as const) {
      const names: string[] = []
      let page_token: string | undefined
      do {
        const page = await who.as(ListAccessRequests, {
          box,
          max_results: 2,
          ...(page_token && { page_token }),
        })
        names.push(...page.requests.map(({ full_name }) => full_name))
        page_token = page.next_page_token ?? undefined
      } while (page_token)
      expect(names.map((name) => name.at(-1))).toEqual(['4', '3', '2', '1', '0'])
    }
  })

  test.each(INVALID)('rejects with 400: %s', async (message, input) => {
    const wanted = Object.fromEntries(
      Object.entries({ ...READ, ...input }).filter(([, value]) => value !== undefined),
    )
    expect(await failure(bob.as(RequestAccess, wanted as never))).toMatchObject({
      ...{ statusCode: 400, message: expect.stringContaining(message) },
    })
  })
})
