import { randomBytes } from 'node:crypto'
import type { AuthSchema } from '@cairn/platform/auth/schema'
import { ListAudit } from '@cairn/platform/protocol/cairn/audit'
import type { Client } from '@cairn/platform/protocol/client'
import { CreateToken, Groups } from '@cairn/platform/protocol/databricks/identities'
import type { Input } from '@cairn/platform/protocol/operation'
import { GetCatalog, UpdateCatalog } from '@cairn/platform/protocol/unity/catalogs'
import { UpdatePermissions } from '@cairn/platform/protocol/unity/permissions'
import { CreateSchema, DeleteSchema, UpdateSchema } from '@cairn/platform/protocol/unity/schemas'
import { DeleteTable, GetTable } from '@cairn/platform/protocol/unity/tables'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aCatalog, aSchema, aTable, failure, type TestCatalog, testCatalog } from '../testing/catalog.js'

describe.each(databases)('the audit log on %s', (_, database) => {
  let server: TestCatalog
  beforeAll(async () => {
    server = await testCatalog(database)
    await aCatalog(server.owner, 'main')
    await aSchema(server.owner, 'main.s')
    await aTable(server.owner, 'main.s.t')
    await aSchema(server.owner, 'main.s_x')
    await aTable(server.owner, 'main.s_x.t')
  })
  afterAll(() => server.close())

  test('records allowed and denied decisions with the reason', async () => {
    const ada = await server.actor()
    await failure(ada.as(GetTable, { full_name: 'main.s.t' }))
    await failure(ada.as(CreateSchema, { catalog_name: 'main', name: 'mine' }))
    await server.grant(ada.principal, 'catalog', 'main', 'USE CATALOG', 'USE SCHEMA', 'SELECT')
    await ada.as(GetTable, { full_name: 'main.s.t' })
    const { events } = await server.owner(ListAudit, { principal: ada.principal.name })
    const facts = events.map(({ outcome, action_name, object, reason }) => [
      outcome,
      action_name,
      object?.name,
      reason,
    ])
    expect(facts).toHaveLength(3)
    expect(facts).toEqual(
      expect.arrayContaining([
        [
          'success',
          'getTable',
          'main.s.t',
          expect.stringContaining(`SELECT on main (${ada.principal.name})`),
        ],
        ['denied', 'createSchema', 'main', expect.stringContaining('missing CREATE SCHEMA on main')],
        ['denied', 'getTable', 'main.s.t', expect.stringContaining('missing')],
      ]),
    )
    expect(events[0]).toMatchObject({
      request_id: expect.any(String),
      service_name: 'unityCatalog',
      source_ip_address: '127.0.0.1',
      user_identity: { email: ada.principal.name, subject_name: ada.principal.id, type: 'user' },
    })
    const denied = await server.owner(ListAudit, { principal: ada.principal.name, outcome: 'denied' })
    expect(denied.events).toHaveLength(2)
    expect(denied.events[0]!.response).toMatchObject({
      status_code: expect.toBeOneOf([403, 404]),
      error_code: expect.any(String),
    })
  })

  test('shows what a change of grants, an owner, tokens and members changed', async () => {
    const bo = await server.actor()
    const change = { principal: bo.principal.name, add: ['SELECT'], remove: ['MODIFY'] }
    const grant = { securable_type: 'table', full_name: 'main.s.t', changes: [change] }
    await server.owner(UpdatePermissions, grant)
    await server.owner(UpdatePermissions, grant)
    await server.owner(UpdateSchema, { full_name: 'main.s', owner: bo.principal.name })
    await server.owner(UpdateSchema, { full_name: 'main.s', owner: 'owner' })
    const { token_info } = await server.owner(CreateToken, { comment: 'canary' })
    const team = await server.owner(Groups.Create, { displayName: 'team' })
    const patch = (op: string) =>
      server.owner(Groups.Patch, {
        id: team.id,
        Operations: [{ op, path: 'members', value: [{ value: bo.principal.id }] }],
      })
    await patch('add')
    await patch('add')
    await patch('remove')
    const changesOf = async (action: string) =>
      (await server.owner(ListAudit, { action, outcome: 'success' })).events.map(({ changes }) => changes)
    expect(await changesOf('updatePermissions')).toEqual([
      [],
      [{ field: 'privileges', principal: bo.principal.name, added: ['SELECT'] }],
    ])
    expect(await changesOf('updateSchema')).toEqual([
      [{ field: 'owner', before: bo.principal.name, after: 'owner' }],
      [{ field: 'owner', before: 'owner', after: bo.principal.name }],
    ])
    expect(await changesOf('createToken')).toEqual([
      [{ field: 'tokens', principal: 'owner', added: [token_info.token_id] }],
    ])
    expect(await changesOf('patchGroup')).toEqual([
      [{ field: 'members', added: [], removed: [bo.principal.name] }],
      [],
      [{ field: 'members', added: [bo.principal.name], removed: [] }],
    ])
  })

  test('filters by operation, object, address and time', async () => {
    const { events } = await server.owner(ListAudit, {})
    const some = events.find(({ action_name }) => action_name === 'createTable')!
    const count = async (filter: Input<typeof ListAudit>) =>
      (await server.owner(ListAudit, filter)).events.length
    expect(some.object).toEqual({ type: 'table', id: expect.any(String), name: 'main.s_x.t' })
    expect(await count({ action: 'createTable' })).toBe(2)
    expect(await count({ action: 'createTable', securable: 'main.s' })).toBe(1)
    expect(await count({ request_id: some.request_id })).toBe(1)
    expect(await count({ source_ip_address: '10.0.0.1' })).toBe(0)
    const at = some.event_time
    expect(await count({ request_id: some.request_id, start_time: at, end_time: at + 1 })).toBe(1)
    expect(await count({ request_id: some.request_id, end_time: at })).toBe(0)
  })

  test('is exported as JSON lines and as CSV, with the filters of the list', async () => {
    const get = (query: string) =>
      server.app.inject({ url: `/api/cairn/v1/audit/export?${query}`, headers: {} })
    const whole = (await server.owner(ListAudit, { action: 'createTable' })).events
    const lines = (await get('action=createTable')).body.trim().split('\n')
    expect(lines.map((line) => JSON.parse(line).event_id)).toEqual(whole.map(({ event_id }) => event_id))
    expect(JSON.parse(lines[0]!).event_time).toBe(new Date(whole[0]!.event_time).toISOString())
    const csv = await get('action=createTable&format=csv')
    expect(csv.headers['content-type']).toContain('text/csv')
    const [head, ...rows] = csv.body.trim().split('\r\n')
    expect(head).toMatch(/^event_time,event_id,request_id,service_name,action_name,/)
    expect(rows).toHaveLength(2)
    const eve = await server.actor()
    const refused = await server.app.inject({
      url: '/api/cairn/v1/audit/export',
      headers: { authorization: `Bearer ${eve.token}` },
    })
    expect(refused.statusCode).toBe(403)
  })

  test('takes the ids and names of any request', async () => {
    const random = Array.from({ length: 1_000 }, (_, i) =>
      String.fromCodePoint(0x4e00 + ((i * 7919) % 20_000)),
    )
    const ids = ['%00', encodeURIComponent(random.join('')), randomBytes(2_000).toString('hex')]
    for (const id of ids)
      for (const headers of [{ authorization: 'Bearer wrong' }, {}])
        await server.app.inject({ method: 'POST', url: `/api/2.0/token/delete?token_id=${id}`, headers })
    const { events } = await server.owner(ListAudit, { action: 'deleteToken' })
    expect(events.reduce((sum, { count }) => sum + count, 0)).toBe(6)
  })

  test('is paged newest first, with any page size', async () => {
    const filter = { end_time: Date.now() } // reading the log adds to it
    const whole = (await server.owner(ListAudit, filter)).events
    const collected: typeof whole = []
    let page_token: string | null | undefined
    do {
      const page = await server.owner(ListAudit, {
        ...filter,
        max_results: 2,
        ...(page_token && { page_token }),
      })
      collected.push(...page.events)
      page_token = page.next_page_token
    } while (page_token)
    const idsOf = (events: typeof whole) => events.map(({ event_id }) => event_id)
    expect(idsOf(collected)).toEqual(idsOf(whole))
    expect(whole.map((one) => one.event_time)).toEqual(
      whole.map((one) => one.event_time).sort((a, b) => b - a),
    )
  })

  test('shows the owner of a schema its events since its creation, and no others', async () => {
    const bo = await server.actor()
    await server.grant(bo.principal, 'catalog', 'main', 'USE CATALOG')
    await server.owner(UpdateSchema, { full_name: 'main.s', owner: bo.principal.name })
    await server.owner(GetTable, { full_name: 'main.s_x.t' })
    const { events } = await bo.as(ListAudit, { securable: 'main.s' })
    expect(events.length).toBeGreaterThan(0)
    const names = events.map(({ object }) => object!.name!)
    expect(names.every((name) => name === 'main.s' || name.startsWith('main.s.'))).toBe(true)
    await server.owner(UpdateSchema, { full_name: 'main.s', owner: 'owner' })
    for (const securable of ['main.s', 'main.s.t', 'main', 'nosuch', 'main.nosuch'])
      expect(await failure(bo.as(ListAudit, { securable }))).toMatchObject({
        code: expect.stringMatching(/PERMISSION_DENIED|SCHEMA_NOT_FOUND/),
      })
    expect(await failure(bo.as(ListAudit, {}))).toMatchObject({
      code: 'PERMISSION_DENIED',
      message: expect.stringContaining('READ AUDIT on metastore'),
    })
    await server.grant(bo.principal, 'metastore', '', 'READ AUDIT')
    expect((await bo.as(ListAudit, {})).events.length).toBeGreaterThan(0)
  })

  test('shows the owner of a securable no events of others that had or have its name', async () => {
    const bo = await server.actor()
    await aCatalog(server.owner, 'reused')
    await aSchema(server.owner, 'reused.early')
    await aSchema(server.owner, 'reused.s')
    await aTable(server.owner, 'reused.s.secret')
    await server.owner(DeleteTable, { full_name: 'reused.s.secret' })
    await server.owner(DeleteSchema, { full_name: 'reused.s' })
    await server.grant(bo.principal, 'catalog', 'reused', 'USE CATALOG')
    await server.owner(UpdateSchema, { full_name: 'reused.early', new_name: 's', owner: bo.principal.name })
    const { events } = await bo.as(ListAudit, { securable: 'reused.s' })
    expect(events.map(({ object }) => object!.name)).toContain('reused.early')
    expect(events.filter(({ object }) => object!.name!.startsWith('reused.s.'))).toEqual([])
    expect(new Set(events.map(({ object }) => object!.id)).size).toBe(1)
  })

  test('shows the manager of a securable no events of others that have or had its name', async () => {
    const cy = await server.actor()
    const columns = async (name: string) => (await cy.as(ListAudit, { securable: name })).events
    const own = (one: { action_name: string; object: { id: string | null } | null }) => [
      one.action_name,
      one.object?.id,
    ]
    await aCatalog(server.owner, 'fraud')
    await aSchema(server.owner, 'fraud.old')
    await server.owner(UpdateCatalog, { name: 'fraud', new_name: 'closed' })
    await aCatalog(server.owner, 'fraud')
    const { id } = await server.owner(GetCatalog, { name: 'fraud' })
    await server.owner(UpdateCatalog, { name: 'fraud', owner: cy.principal.name })
    const db = server.context.db.for<AuthSchema>()
    const { events } = await server.owner(ListAudit, { action: 'createCatalog', securable: 'fraud' })
    expect(events.map(own)).toContainEqual(['createCatalog', id])
    const [row] = await db.read.selectFrom('audit_events').selectAll().limit(1).execute()
    const experiment = {
      ...row!,
      event_id: 'e',
      object_type: 'experiment',
      object_id: '1',
      object_name: 'fraud',
    }
    await db.transaction((tx) =>
      tx
        .insertInto('audit_events')
        .values({ ...experiment, catalog_id: null, schema_id: null })
        .execute(),
    )
    await aSchema(cy.as, 'fraud.mine')
    await aTable(cy.as, 'fraud.mine.t')
    await cy.as(DeleteTable, { full_name: 'fraud.mine.t' })
    await cy.as(UpdateCatalog, { name: 'fraud', new_name: 'mine' })
    const seen = await columns('mine')
    expect(
      seen
        .filter(({ service_name }) => service_name === 'unityCatalog')
        .map(({ action_name }) => action_name)
        .sort(),
    ).toEqual([
      'createCatalog',
      'createSchema',
      'createTable',
      'deleteTable',
      'updateCatalog',
      'updateCatalog',
    ])
    expect(
      new Set(seen.filter(({ object }) => object?.type === 'catalog').map(({ object }) => object!.id)),
    ).toEqual(new Set([id]))
    const whole = (await server.owner(ListAudit, { securable: 'fraud' })).events
    expect(whole.map(({ object }) => object?.type)).toEqual(expect.arrayContaining(['experiment', 'table']))
    expect(whole.some(({ object }) => object?.name === 'fraud.old')).toBe(true)
  })

  test('blanks lists of names for managers of one object, and is not kept by caches', async () => {
    const db = server.context.db.for<AuthSchema>()
    const dee = await server.actor()
    await aCatalog(server.owner, 'listed')
    await server.owner(UpdateCatalog, { name: 'listed', owner: dee.principal.name })
    await db.transaction((tx) =>
      tx
        .updateTable('audit_events')
        .set({ request_params: '{"name":"listed","run_ids":["one","hidden"]}' })
        .where('object_name', '=', 'listed')
        .execute(),
    )
    const paramsFor = async (client: Client) =>
      (await client(ListAudit, { securable: 'listed', action: 'createCatalog' })).events[0]!.request_params
    expect(await paramsFor(server.owner)).toEqual({ name: 'listed', run_ids: 'one, hidden' })
    expect(await paramsFor(dee.as)).toEqual({ name: 'listed', run_ids: '' })
    for (const url of ['/api/cairn/v1/audit', '/api/cairn/v1/audit/export'])
      expect((await server.app.inject({ url })).headers['cache-control']).toBe('no-store')
  })

  test('charges failed sign-ins to their address, not to the account', async () => {
    const at = Date.now()
    const small = await testCatalog(database, { now: () => at, settings: { audit_rows_per_minute: 2 } })
    try {
      const ada = await small.actor()
      const { name } = ada.principal
      for (let i = 0; i < 4; i++)
        await small.app.inject({
          method: 'POST',
          url: '/api/cairn/v1/sign-in',
          headers: { 'user-agent': `${i}` },
          remoteAddress: `2001:db8::${i}`,
          payload: { name, password: 'wrong password' },
        })
      await failure(ada.as(CreateSchema, { catalog_name: 'main', name: 'mine' }))
      const { events } = await small.owner(ListAudit, { principal: name })
      const facts = events.map(({ action_name, count }) => [action_name, count]).sort()
      expect(facts).toEqual([
        ['createSchema', 1],
        ['furtherRefusals', 1],
        ['furtherRefusals', 1],
        ['signIn', 1],
        ['signIn', 1],
      ])
    } finally {
      await small.close()
    }
  })

  test('has the address of the client behind a trusted proxy, and of the proxy behind another', async () => {
    const proxied = await testCatalog(database, { settings: { trusted_proxies: '127.0.0.1' } })
    try {
      for (const { app, actor, owner } of [proxied, server]) {
        const { token, principal } = await actor()
        await app.inject({
          url: '/api/2.1/unity-catalog/catalogs/nosuch',
          headers: { authorization: `Bearer ${token}`, 'x-forwarded-for': '203.0.113.7' },
        })
        const { events } = await owner(ListAudit, { principal: principal.name })
        expect(events[0]!.source_ip_address).toBe(app === proxied.app ? '203.0.113.7' : '127.0.0.1')
      }
    } finally {
      await proxied.close()
    }
  })
})
