import type { AuthSchema } from '@cairn/platform/auth/schema'
import { Groups } from '@cairn/platform/protocol/databricks/identities'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failure, type TestCatalog, testCatalog } from '../testing/catalog.js'

/** More than SQLite's limit of parameters in a statement, and more than a batch. */
const MEMBERS = { sqlite: 33_000, postgres: 6_000 }
const BATCH = 3_000

describe.each(databases)('large groups on %s', (_, database) => {
  const count = MEMBERS[database.engine]
  let server: TestCatalog
  let id: string
  const everybody = Array.from({ length: count + 2 }, (_one, n) => `member-${String(n).padStart(5, '0')}`)
  beforeAll(async () => {
    server = await testCatalog(database)
    const person = { type: 'user' as const, display_name: 'Person', active: 1 as const, created_at: 1 }
    for (let start = 0; start < everybody.length; start += BATCH)
      await server.context.db.for<AuthSchema>().transaction((tx) =>
        tx
          .insertInto('principals')
          .values(everybody.slice(start, start + BATCH).map((one) => ({ ...person, id: one, name: one })))
          .execute(),
      )
    id = (await server.owner(Groups.Create, { displayName: 'large' })).id
  })
  afterAll(() => server.close())

  const patch = (op: string, members: readonly string[], more = {}) =>
    server.owner(Groups.Patch, {
      ...{ id, ...more },
      Operations: [{ op, path: 'members', value: members.map((value) => ({ value })) }],
    })
  const members = async () => (await server.owner(Groups.Get, { id })).members?.map(({ value }) => value)

  test('take and lose all members at once, and single ones', async () => {
    const most = everybody.slice(0, count)
    expect((await patch('add', most)).members).toHaveLength(count)
    const [one, other] = everybody.slice(count)
    await patch('add', [one!, most[0]!])
    await patch('remove', [most[1]!, other!])
    expect(await members()).toEqual([most[0], ...most.slice(2), one])
    expect(await failure(patch('add', [other!, 'nobody']))).toMatchObject({
      code: 'RESOURCE_DOES_NOT_EXIST',
      message: expect.stringContaining("'nobody'"),
    })
    await server.owner(Groups.Replace, { id, members: most.map((value) => ({ value })) })
    expect(await members()).toEqual(most)
    await patch('remove', most)
    expect(await members()).toEqual([])
  })

  test('are changed and read without their members when those are not asked for', async () => {
    for (const projection of [{ excludedAttributes: 'members' }, { attributes: 'displayName' }]) {
      expect(await patch('add', [everybody[0]!], projection)).not.toHaveProperty('members')
      expect(await server.owner(Groups.Get, { id, ...projection })).not.toHaveProperty('members')
    }
    expect(await members()).toEqual([everybody[0]])
  })
})

test.each(databases)('a change of members is one of the group on %s', async (_, database) => {
  let now = Date.parse('2026-11-01T00:00:00Z')
  const server = await testCatalog(database, { now: () => now })
  const kim = await server.actor()
  const { id, meta } = await server.owner(Groups.Create, { displayName: 'team' })
  expect(meta.lastModified).toBe('2026-11-01T00:00:00.000Z')
  const change = async (op: string) => {
    now += 60_000
    const value = [{ value: kim.principal.id }]
    const group = await server.owner(Groups.Patch, { id, Operations: [{ op, path: 'members', value }] })
    return group.meta.lastModified
  }
  expect(await change('add')).toBe('2026-11-01T00:01:00.000Z')
  expect(await change('add')).toBe('2026-11-01T00:01:00.000Z')
  expect(await change('remove')).toBe('2026-11-01T00:03:00.000Z')
  const filter = 'meta.lastModified gt "2026-11-01T00:02:00Z"'
  expect((await server.owner(Groups.List, { filter })).Resources.map((one) => one.id)).toEqual([id])
  await server.close()
})
