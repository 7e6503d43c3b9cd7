import { ListAudit } from '@cairn/platform/protocol/audit'
import { CreateSchema, UpdateSchema } from '@cairn/platform/protocol/schemas'
import { GetTable } from '@cairn/platform/protocol/tables'
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
    const decisions = events.map(({ allowed, action, securable, reason }) => [
      allowed,
      action,
      securable,
      reason,
    ])
    expect(decisions).toHaveLength(3)
    expect(decisions).toEqual(
      expect.arrayContaining([
        [
          true,
          'SELECT or MODIFY or BROWSE or MANAGE',
          'main.s.t',
          expect.stringContaining(`SELECT on main (${ada.principal.name})`),
        ],
        [false, 'CREATE SCHEMA', 'main', expect.stringContaining('missing')],
        [false, 'SELECT or MODIFY or BROWSE or MANAGE', 'main.s.t', expect.stringContaining('missing')],
      ]),
    )
    expect(events.every((event) => event.request_id && event.time > 0)).toBe(true)
    const denied = await server.owner(ListAudit, { principal: ada.principal.name, allowed: false })
    expect(denied.events).toHaveLength(2)
  })

  test('is paged newest first, with any page size', async () => {
    const whole = (await server.owner(ListAudit, {})).events
    const collected: typeof whole = []
    let page_token: string | null | undefined
    do {
      const page = await server.owner(ListAudit, { max_results: 2, ...(page_token && { page_token }) })
      collected.push(...page.events)
      page_token = page.next_page_token
    } while (page_token)
    expect(collected).toEqual(whole)
    expect(whole.map((one) => one.time)).toEqual(whole.map((one) => one.time).sort((a, b) => b - a))
  })

  test('shows the owner of a schema its events since its creation, and no others', async () => {
    const bo = await server.actor()
    await server.grant(bo.principal, 'catalog', 'main', 'USE CATALOG')
    await server.owner(UpdateSchema, { full_name: 'main.s', owner: bo.principal.name })
    await server.owner(GetTable, { full_name: 'main.s_x.t' })
    const { events } = await bo.as(ListAudit, { securable: 'main.s' })
    expect(events.length).toBeGreaterThan(0)
    expect(events.every((one) => one.securable === 'main.s' || one.securable.startsWith('main.s.'))).toBe(
      true,
    )
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
})
