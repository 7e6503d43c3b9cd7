import type { AuthSchema } from '@cairn/platform/auth/schema'
import { ListAccessRequests, RequestAccess } from '@cairn/platform/protocol/cairn/access-requests'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Actor, aCatalog, aSchema, aTable, type TestCatalog, testCatalog } from '../testing/catalog.js'

const MANY = 1_200

describe.each(databases)('many requests for objects of other managers on %s', (_, database) => {
  let server: TestCatalog
  let first: string
  beforeAll(async () => {
    server = await testCatalog(database)
    for (const catalog of ['main', 'other']) {
      await aCatalog(server.owner, catalog)
      await aSchema(server.owner, `${catalog}.s`)
      await aTable(server.owner, `${catalog}.s.t`)
    }
    const bob = await server.actor('user', 'bob')
    const ask = (full_name: string) =>
      bob.as(RequestAccess, { securable_type: 'table', full_name, privileges: ['SELECT'] })
    first = (await ask('main.s.t')).id
    const { id } = await ask('other.s.t')
    await server.context.db.for<AuthSchema>().transaction(async (tx) => {
      const row = await tx
        .selectFrom('access_requests')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirstOrThrow()
      for (let n = 1; n <= MANY; n++)
        await tx
          .insertInto('access_requests')
          .values({
            ...{ ...row, id: `r${n}`, privileges: `["SELECT","MODIFY",${n}]` },
            created_at: row.created_at + n,
          })
          .execute()
    })
  })
  afterAll(() => server.close())

  const inbox = async ({ as }: Actor) => {
    const { requests, next_page_token } = await as(ListAccessRequests, { box: 'to_decide', state: 'open' })
    return { ids: requests.map(({ id }) => id), next_page_token }
  }

  test('are not read for a principal that manages nothing', async () => {
    expect(await inbox(await server.actor())).toEqual({ ids: [], next_page_token: null })
  })

  test.each([
    ['table', 'main.s.t'],
    ['schema', 'main.s'],
    ['catalog', 'main'],
  ] as const)('are not read for a manager of %s %s', async (type, name) => {
    const ada = await server.actor()
    await server.grant(ada.principal, type, name, 'MANAGE')
    await server.grant(ada.principal, 'catalog', 'main', 'USE CATALOG', 'USE SCHEMA')
    expect(await inbox(ada)).toEqual({ ids: [first], next_page_token: null })
  })

  test('reach a manager of all objects', async () => {
    const ada = await server.actor()
    await server.grant(ada.principal, 'metastore', '', 'MANAGE', 'USE CATALOG', 'USE SCHEMA')
    expect((await inbox(ada)).ids).toHaveLength(100)
  })
})
