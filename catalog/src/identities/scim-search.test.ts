import type { PrincipalType } from '@cairn/platform/auth/principal'
import { databases } from '@cairn/platform/testing/databases'
import { effort } from '@cairn/platform/testing/effort'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestCatalog, testCatalog } from '../testing/catalog.js'
import { attributesOf } from './scim.js'
import { matchesFilter, parseScimFilter } from './scim-filter.js'
import { searchPrincipals } from './scim-search.js'

/** Letters whose cases and code points engines treat in different ways. */
const TEXTS = [
  'Kim',
  'kim',
  '\u212aim',
  'KI',
  'İz',
  'i̇z',
  'ÉTÉ',
  'été',
  'ΣΑΣ',
  'σας',
  '김 민수',
  '김',
  'a%_',
  '😀b',
  '',
]
const NAMES = ['kim@example.org', 'KIM', 'i.z', 'a_b', 'ada@home.example']
const DAYS = ['2026-11-01T00:00:00Z', '2026-11-02T00:00:00.000Z', '2026-11-03T09:00:00+09:00', '2026-11-04']

const text = fc.constantFrom(...TEXTS, ...NAMES)
const attribute = fc.constantFrom('userName', 'displayName', 'externalId', 'emails.value', 'id')
const words = fc
  .tuple(attribute, fc.constantFrom('eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'), text)
  .map(([name, operator, value]) => `${name} ${operator} ${JSON.stringify(value)}`)
const times = fc
  .tuple(
    fc.constantFrom('meta.created', 'meta.lastModified'),
    fc.constantFrom('eq', 'ne', 'gt', 'ge', 'lt', 'le', 'sw'),
    fc.constantFrom(...DAYS),
  )
  .map(([name, operator, value]) => `${name} ${operator} "${value}"`)
const others = fc.constantFrom('active eq true', 'active eq "False"', 'externalId pr', 'externalId eq 7')
const { filter } = fc.letrec<{ filter: string; leaf: string }>((tie) => ({
  leaf: fc.oneof(words, times, others),
  filter: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('leaf'),
    fc
      .tuple(tie('filter'), fc.constantFrom('and', 'or'), tie('filter'))
      .map(([a, op, b]) => `(${a} ${op} ${b})`),
    tie('filter').map((one) => `not (${one})`),
  ),
}))

describe.each(databases)('searches of principals on %s', (_, database) => {
  let server: TestCatalog
  let now = Date.parse(DAYS[0]!)
  beforeAll(async () => {
    server = await testCatalog(database, { now: () => now })
    const { identities } = server.context
    for (const [i, display] of TEXTS.entries()) {
      now = Date.parse(DAYS[i % DAYS.length]!)
      const name = NAMES[i] ?? `person-${i}${i % 2 ? '@example.org' : ''}`
      const { id } = await identities.create('user', name, display)
      now = Date.parse(DAYS[(i + 1) % DAYS.length]!)
      await identities.update(id, {
        ...{ external_id: i % 3 ? TEXTS[(i + 5) % TEXTS.length]! : '7', active: i % 4 > 0 },
        ...(i % 2 && { email: TEXTS[(i + 3) % TEXTS.length]! }),
      })
    }
    await identities.create('group', 'KIM group', 'shown otherwise')
  })
  afterAll(() => server.close())

  test('return what the filter matches among all', async () => {
    const { identities } = server.context
    const options = { db: server.context.db.for(), identities } as Parameters<typeof searchPrincipals>[0]
    const pages = fc.record({ offset: fc.nat(8), limit: fc.nat(8), descending: fc.boolean() })
    const by = fc.constantFrom('name', 'display_name', 'id', 'created_at')
    const property = fc.asyncProperty(filter, pages, by, async (written, page, column) => {
      const parsed = parseScimFilter(written)
      const order = { by: column, descending: page.descending } as const
      const all = (await identities.list('user', order)).rows
      const matching = all.filter((row) => matchesFilter(parsed, attributesOf(row)))
      const found = await searchPrincipals(options, 'user', parsed, { ...page, by: column })
      expect(found.total).toBe(matching.length)
      expect(found.rows).toEqual(matching.slice(page.offset, page.offset + page.limit))
    })
    await fc.assert(property, { numRuns: effort(100, 300, 3_000) })
  })

  test.each<[PrincipalType, string, number]>([
    ['user', 'userName eq "KIM"', 1],
    ['user', 'displayName sw "kI"', 3],
    ['user', 'displayName eq "김 민수"', 1],
    ['user', 'displayName eq "été"', 2],
    ['group', 'displayName eq "kim GROUP"', 1],
    ['group', 'displayName eq "shown otherwise"', 0],
    ['user', 'meta.lastModified gt "2026-11-03T23:59:59Z" and active eq true', 4],
  ])('find each %s by %s', async (type, written, total) => {
    const options = { db: server.context.db.for(), identities: server.context.identities }
    const found = await searchPrincipals(options as never, type, parseScimFilter(written), {})
    expect(found.total).toBe(total)
  })
})
