import { EVERYONE } from '@cairn/platform/auth/principal'
import type { AuthSchema } from '@cairn/platform/auth/schema'
import { ReviewObject, ReviewPrincipal } from '@cairn/platform/protocol/cairn/access-review'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CatalogSchema } from '../schema.js'
import { type Actor, aCatalog, aSchema, aTable, type TestCatalog, testCatalog } from '../testing/catalog.js'

const MANY = 1_500

describe.each(databases)('a review of much without access on %s', (_, database) => {
  let server: TestCatalog
  let ada: Actor
  beforeAll(async () => {
    server = await testCatalog(database)
    ada = await server.actor('user', 'ada')
    await aCatalog(server.owner, 'main')
    await aSchema(server.owner, 'main.s')
    await aTable(server.owner, 'main.s.last')
    await server.grant(ada.principal, 'catalog', 'main', 'USE CATALOG', 'USE SCHEMA')
    await server.grant(ada.principal, 'table', 'main.s.last', 'SELECT')
    await server.grant(EVERYONE, 'table', 'main.s.last', 'MODIFY') // without USE: nothing
    await manyTablesAndPeople()
  })
  afterAll(() => server.close())

  /** Copies of the table, which nobody was granted, and people in no group. */
  async function manyTablesAndPeople() {
    const numbers = Array.from({ length: MANY }, (_, at) => String(at).padStart(4, '0'))
    await server.context.db.for<CatalogSchema & AuthSchema>().transaction(async (tx) => {
      const table = await tx.selectFrom('tables').selectAll().executeTakeFirstOrThrow()
      const entry = await tx
        .selectFrom('securables')
        .selectAll()
        .where('type', '=', 'table')
        .executeTakeFirstOrThrow()
      const person = await tx
        .selectFrom('principals')
        .selectAll()
        .where('name', '=', 'ada')
        .executeTakeFirstOrThrow()
      for (const n of numbers) {
        const name = `a${n}`
        await tx
          .insertInto('tables')
          .values({ ...table, table_id: name, name })
          .execute()
        await tx
          .insertInto('securables')
          .values({ ...entry, id: name, name })
          .execute()
        await tx
          .insertInto('principals')
          .values({ ...person, id: name, name })
          .execute()
      }
    })
  }

  async function pages<Page extends { entries: unknown[]; next_page_token: string | null }>(
    fetch: (page: { page_token?: string }) => Promise<Page>,
  ): Promise<Page['entries'][]> {
    const all: Page['entries'][] = []
    for (let page_token: string | undefined; ; ) {
      const page = await fetch(page_token ? { page_token } : {})
      all.push(page.entries)
      if (!page.next_page_token) return all
      page_token = page.next_page_token
    }
  }

  test('of a principal ends a page early, and finds the rest after it', async () => {
    const found = await pages((page) => ada.as(ReviewPrincipal, page))
    expect(found.length).toBe(2)
    expect(found.flat().map((one) => (one as { full_name: string }).full_name)).toEqual([
      'main',
      'main.s',
      'main.s.last',
    ])
  })

  test('of an object ends a page early, and finds the rest after it', async () => {
    const table = { securable_type: 'table', full_name: 'main.s.last' }
    const found = await pages((page) => server.owner(ReviewObject, { ...table, ...page }))
    expect(found.length).toBe(2)
    expect(found.flat()).toMatchObject([{ principal: 'ada' }, { principal: 'owner' }])
  })

  test('is exported only as long as the caller may read it', async () => {
    const auditor = await server.actor()
    await server.grant(auditor.principal, 'metastore', '', 'READ AUDIT')
    const response = await server.app.inject({
      url: '/api/cairn/v1/access-review/principal.csv?principal=owner',
      headers: { authorization: `Bearer ${auditor.token}` },
      payloadAsStream: true,
    })
    expect(response.statusCode).toBe(200)
    await server.revoke(auditor.principal, 'metastore', '', 'READ AUDIT')
    let text = ''
    const read = async () => {
      for await (const chunk of response.stream()) text += chunk
    }
    await read().catch(() => undefined) // the connection is cut
    expect(text).not.toContain('main.s.last')
  })

  test('is exported once at a time, as a whole', async () => {
    const get = () =>
      server.app.inject({
        url: '/api/cairn/v1/access-review/principal.csv',
        headers: { authorization: `Bearer ${ada.token}` },
      })
    const both = await Promise.all([get(), get()])
    expect(both.map(({ statusCode }) => statusCode).sort()).toEqual([200, 429])
    expect(both.find(({ statusCode }) => statusCode === 200)!.body).toContain('main.s.last')
    expect((await get()).statusCode).toBe(200)
  })
})
