import { randomUUID } from 'node:crypto'
import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import type { AuthSchema, TokenRow } from '@cairn/platform/auth/schema'
import { ListAudit } from '@cairn/platform/protocol/cairn/audit'
import { ListInvites } from '@cairn/platform/protocol/cairn/sign-in'
import { ListManagedTokens, ListTokens } from '@cairn/platform/protocol/databricks/identities'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Actor, failure, type TestCatalog, testCatalog } from '../testing/catalog.js'

const MANY = 2_000
/** More than one call reads. */
const TOO_MANY = 6_000

describe.each(databases)('lists of thousands on %s', (_, database) => {
  let server: TestCatalog
  let ada: Actor
  let eve: Actor
  beforeAll(async () => {
    server = await testCatalog(database)
    ada = await server.actor('user', 'Ada')
    eve = await server.actor('user', 'eve')
    await insertTokens(ada.principal.id, MANY, 'laptop')
    await insertInvites(MANY)
  })
  afterAll(() => server.close())

  const db = () => server.context.db.for<AuthSchema>()

  const insertTokens = (principal_id: string, count: number, label: string) =>
    insert(
      'tokens',
      Array.from({ length: count }, (_, i): TokenRow => {
        const id = randomUUID()
        // Several of each millisecond.
        const created_at = 1_000 + Math.floor(i / 3)
        return {
          ...{ id, principal_id, hash: id, label: `${label} ${i}`, created_at, expires_at: null },
          ...{ revoked_at: null, scopes: null, used_at: null, family: null, purpose: null },
        }
      }),
    )

  const insertInvites = (count: number) =>
    insert(
      'invites',
      Array.from({ length: count }, (_, i) => {
        const id = randomUUID()
        const expires_at = i % 10 === 0 ? 2_000 : Date.now() + 3_600_000
        return {
          ...{ id, hash: id, principal_id: null, name: `person-${i}`, group_ids: '[]', used_at: null },
          ...{ created_by: LOCAL_OWNER.id, created_at: 1_000 + Math.floor(i / 3), expires_at },
        }
      }),
    )

  async function insert(table: 'tokens' | 'invites', rows: readonly object[]) {
    for (let i = 0; i < rows.length; i += 500)
      await db().transaction((tx) =>
        tx
          .insertInto(table)
          .values(rows.slice(i, i + 500) as never)
          .execute(),
      )
  }

  type Page = { readonly next_page_token: string | null }
  async function pages<P extends Page>(list: (page_token?: string) => Promise<P>): Promise<P[]> {
    const found = [await list()]
    for (let next = found[0]!.next_page_token; next !== null; next = found.at(-1)!.next_page_token)
      found.push(await list(next))
    return found
  }
  const paged = (page_token: string | undefined) => ({ max_results: 300, ...(page_token && { page_token }) })

  test('pages have each token of the caller once, newest first, and no tokens of others', async () => {
    const all = await pages((token) => ada.as(ListTokens, paged(token)))
    expect(all.map(({ token_infos }) => token_infos.length)).toEqual([300, 300, 300, 300, 300, 300, 201])
    const infos = all.flatMap(({ token_infos }) => token_infos)
    expect(new Set(infos.map(({ token_id }) => token_id)).size).toBe(MANY + 1)
    const times = infos.map(({ creation_time }) => creation_time)
    expect(times).toEqual([...times].sort((a, b) => b - a))
    expect((await eve.as(ListTokens, {})).token_infos).toHaveLength(1)
    expect((await ada.as(ListTokens, {})).token_infos).toHaveLength(1_000)
  })

  test('a search finds comments, and for administrators names of owners', async () => {
    const own = await ada.as(ListTokens, { search: 'LAPTOP 1999' })
    expect(own.token_infos.map(({ comment }) => comment)).toEqual(['laptop 1999'])
    const found = await pages((token) => server.owner(ListManagedTokens, { search: 'ada', ...paged(token) }))
    expect(found.flatMap(({ token_infos }) => token_infos)).toHaveLength(MANY + 1)
    const last = await server.owner(ListManagedTokens, { search: ' laptop 1999 ' })
    expect(last.token_infos).toMatchObject([{ owner: 'Ada', created_by_username: 'Ada' }])
  })

  test('administrators list the tokens of one principal by its name or id', async () => {
    const { id, name } = eve.principal
    for (const input of [
      { created_by_username: name },
      { created_by_id: id },
      { created_by_id: id, created_by_username: name },
    ])
      expect((await server.owner(ListManagedTokens, input)).token_infos).toMatchObject([{ owner: 'eve' }])
    for (const input of [
      { created_by_username: 'nobody' },
      { created_by_id: id, created_by_username: 'Ada' },
    ])
      expect((await server.owner(ListManagedTokens, input)).token_infos).toEqual([])
  })

  test('a refused list of the tokens of a principal is in the audit log with its id', async () => {
    const { id } = ada.principal
    expect(await failure(eve.as(ListManagedTokens, { created_by_id: id }))).toMatchObject({
      code: 'PERMISSION_DENIED',
    })
    const filter = { action: 'listManagedTokens', principal: 'eve' }
    const { events } = await server.owner(ListAudit, filter)
    expect(events.map(({ request_params }) => request_params)).toEqual([{ created_by_id: id }])
  })

  test('a search that matches nothing reads a part of the tokens at a time, and ends', async () => {
    const many = await server.actor()
    await insertTokens(many.principal.id, TOO_MANY, 'job')
    const found = await pages((token) => many.as(ListTokens, { search: 'none', ...paged(token) }))
    expect(found.map(({ token_infos }) => token_infos)).toEqual([[], []])
  })

  test('pages have each valid invitation once, newest first', async () => {
    const all = await pages((token) => server.owner(ListInvites, paged(token)))
    const invites = all.flatMap((page) => page.invites)
    expect(new Set(invites.map(({ id }) => id)).size).toBe(MANY * 0.9)
    expect(invites).toHaveLength(MANY * 0.9)
    expect(invites[0]).toMatchObject({ name: expect.stringMatching(/^person-199/), created_by: 'owner' })
    const [found] = await pages((token) =>
      server.owner(ListInvites, { search: 'PERSON-777', ...paged(token) }),
    )
    expect(found!.invites).toMatchObject([{ name: 'person-777' }])
  })

  test.each([
    [{ page_token: 'x' }, 'page token'],
    [{ max_results: -1 }, "'max_results'"],
    [{ search: 'x'.repeat(201) }, "'search'"],
  ])('reject %j with 400', async (input, message) => {
    const lists = [
      () => ada.as(ListTokens, input),
      () => server.owner(ListManagedTokens, input),
      () => server.owner(ListInvites, input),
    ]
    for (const list of lists)
      expect(await failure(list())).toMatchObject({
        code: 'INVALID_PARAMETER_VALUE',
        message: expect.stringContaining(message),
      })
  })
})
