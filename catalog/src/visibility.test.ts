import type { AuthSchema } from '@cairn/platform/auth/schema'
import { GetCatalog, ListCatalogs } from '@cairn/platform/protocol/catalogs'
import type { Client } from '@cairn/platform/protocol/client'
import { Explain, GetPermissions } from '@cairn/platform/protocol/permissions'
import type { Privilege, SecurableType } from '@cairn/platform/protocol/privileges'
import { DeleteSchema, GetSchema, ListSchemas } from '@cairn/platform/protocol/schemas'
import { GetTable, ListTableSummaries, ListTables, TableExists } from '@cairn/platform/protocol/tables'
import { databases } from '@cairn/platform/testing/databases'
import { share } from '@cairn/platform/testing/effort'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CatalogSchema } from './schema.js'
import { type Actor, type TestCatalog, testCatalog } from './testing/catalog.js'

/** A small world: two catalogs of two schemas of two tables, with owners and grants as fast-check likes. */
const CATALOGS = ['a', 'b']
const SCHEMAS = CATALOGS.flatMap((catalog) => ['s', 't'].map((name) => `${catalog}.${name}`))
const TABLES = SCHEMAS.flatMap((schema) => ['x', 'y'].map((name) => `${schema}.${name}`))
const PLACES = ['metastore', ...CATALOGS, ...SCHEMAS, ...TABLES]
const ids = (place: string) => (place === 'metastore' ? place : `id-${place}`)

interface World {
  /** Owner of each place but the metastore; `ada` is who asks, in groups `inner` ⊂ `outer`. */
  readonly owners: Readonly<Record<string, string>>
  readonly grants: readonly { who: string; place: string; privilege: Privilege }[]
}

const who = fc.constantFrom('ada', 'inner', 'outer', 'eve', 'local-owner')
const stranger = fc.constantFrom('eve', 'local-owner', 'local-owner')
const world: fc.Arbitrary<World> = fc.record({
  owners: fc.record(
    Object.fromEntries(
      PLACES.slice(1).map((place) => [
        place,
        fc.oneof({ weight: 9, arbitrary: stranger }, { weight: 1, arbitrary: who }),
      ]),
    ),
  ),
  grants: fc.array(
    fc.record({
      who,
      place: fc.constantFrom(...PLACES),
      privilege: fc.constantFrom<Privilege>(
        'USE CATALOG',
        'USE CATALOG',
        'USE SCHEMA',
        'USE SCHEMA',
        'SELECT',
        'MODIFY',
        'BROWSE',
        'MANAGE',
        'ALL PRIVILEGES',
        'CREATE TABLE',
      ),
    }),
    { minLength: 2, maxLength: 14 },
  ),
})

/** The rules once more, naively and from the names alone. */
function reference({ owners, grants }: World) {
  const ADA = ['ada', 'inner', 'outer', 'account-users']
  const upwards = (place: string): string[] => {
    const parts = place.split('.')
    const above = parts.map((_, index) => parts.slice(0, parts.length - index).join('.'))
    return place === 'metastore' ? [place] : [...above, 'metastore']
  }
  const holds = (place: string, ...privileges: string[]) =>
    upwards(place).some(
      (at) =>
        ADA.includes(owners[at] ?? '') ||
        grants.some(
          (one) =>
            one.place === at &&
            ADA.includes(one.who) &&
            (privileges.includes(one.privilege) || one.privilege === 'ALL PRIVILEGES'),
        ),
    )
  const catalog = (name: string) => holds(name, 'USE CATALOG', 'BROWSE', 'MANAGE')
  const schema = (name: string) =>
    holds(name, 'USE SCHEMA', 'BROWSE', 'MANAGE') && holds(name.split('.')[0]!, 'USE CATALOG', 'BROWSE')
  const inside = (name: string, use: string[]) => {
    const [c = '', s = ''] = name.split('.')
    return holds(`${c}.${s}`, 'USE SCHEMA', ...use) && holds(c, 'USE CATALOG', ...use)
  }
  const table = (name: string) =>
    holds(name, 'SELECT', 'MODIFY', 'BROWSE', 'MANAGE') && inside(name, ['BROWSE'])
  const select = (name: string) => holds(name, 'SELECT') && inside(name, [])
  return { catalog, schema, table, select }
}

describe.each(databases)('in any world on %s', (_, database) => {
  let house: TestCatalog
  let ada: Actor
  let principals: Record<string, string>
  beforeAll(async () => {
    house = await testCatalog(database)
    ada = await house.actor('user', 'ada')
    const eve = await house.context.identities.create('user', 'eve')
    const inner = await house.context.identities.create('group', 'inner')
    const outer = await house.context.identities.create('group', 'outer')
    await house.context.identities.addMember(inner.id, ada.principal.id)
    await house.context.identities.addMember(outer.id, inner.id)
    await house.context.identities.addMember(inner.id, outer.id) // a circle
    principals = {
      ada: ada.principal.id,
      eve: eve.id,
      inner: inner.id,
      outer: outer.id,
      'local-owner': 'local-owner',
    }
  })
  afterAll(() => house.close())

  const typeOf = (place: string): SecurableType =>
    place === 'metastore' ? place : (['catalog', 'schema', 'table'] as const)[place.split('.').length - 1]!

  /** Rows straight into the database: worlds are made by the dozen. `keep` leaves places out. */
  async function settle({ owners, grants }: World, keep: (place: string) => boolean = () => true) {
    const base = (place: string) => ({
      name: place.split('.').at(-1)!,
      comment: null,
      properties: '{}',
      owner: principals[owners[place]!]!,
      created_at: 1,
      created_by: 'test',
      updated_at: 1,
      updated_by: 'test',
    })
    const above = (place: string) => ids(place.split('.').slice(0, -1).join('.'))
    await house.context.db.for<CatalogSchema & AuthSchema>().transaction(async (tx) => {
      for (const old of ['tables', 'schemas', 'catalogs', 'grants'] as const)
        await tx.deleteFrom(old).execute()
      for (const place of CATALOGS.filter(keep))
        await tx
          .insertInto('catalogs')
          .values({ id: ids(place), ...base(place) })
          .execute()
      for (const place of SCHEMAS.filter(keep))
        await tx
          .insertInto('schemas')
          .values({ schema_id: ids(place), catalog_id: above(place), ...base(place) })
          .execute()
      for (const place of TABLES.filter(keep))
        await tx
          .insertInto('tables')
          .values({
            table_id: ids(place),
            schema_id: above(place),
            table_type: 'MANAGED',
            data_source_format: 'DELTA',
            columns: '[]',
            storage_location: ids(place),
            ...base(place),
          })
          .execute()
      for (const grant of grants.filter((one) => one.place === 'metastore' || keep(one.place)))
        await tx
          .insertInto('grants')
          .values({
            principal_id: principals[grant.who]!,
            securable_type: typeOf(grant.place),
            securable_id: ids(grant.place),
            privilege: grant.privilege,
            granted_by: 'test',
            granted_at: 1,
          })
          .onConflict((on) => on.doNothing())
          .execute()
    })
  }

  const succeeds = (call: Promise<unknown>) =>
    call.then(
      () => true,
      (error) => {
        if (error.statusCode >= 500) throw error
        return false
      },
    )
  const everything = { numRuns: share(25), endOnFailure: true }
  const PATIENCE_MS = 300_000

  test(
    'get, list and their reference agree on what there is to see, and pages of any size make one list',
    async () => {
      await fc.assert(
        fc.asyncProperty(world, fc.integer({ min: 1, max: 3 }), async (one, max_results) => {
          await settle(one)
          const expected = reference(one)
          const { as } = ada
          const got = {
            catalogs: await only(CATALOGS, (name) => succeeds(as(GetCatalog, { name }))),
            schemas: await only(SCHEMAS, (full_name) => succeeds(as(GetSchema, { full_name }))),
            tables: await only(TABLES, (full_name) => succeeds(as(GetTable, { full_name }))),
          }
          expect(got).toEqual({
            catalogs: CATALOGS.filter(expected.catalog),
            schemas: SCHEMAS.filter(expected.schema),
            tables: TABLES.filter(expected.table),
          })
          expect(await listed(as, max_results)).toEqual(got)
          expect(await listed(as)).toEqual(got)
          const explained = await only(TABLES, (full_name) =>
            as(Explain, { securable_type: 'table', full_name, privilege: 'SELECT' }).then(
              (answer) => answer.allowed,
            ),
          )
          expect(explained).toEqual(TABLES.filter(expected.select))
        }),
        everything,
      )
    },
    PATIENCE_MS,
  )

  test(
    'what lies behind closed doors changes no answer by a byte',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          world,
          fc.array(fc.boolean(), { minLength: 14, maxLength: 14 }),
          async (one, coins) => {
            const { catalog, schema } = reference(one)
            const doorOpen = (place: string) => {
              const [c = '', s, t] = place.split('.')
              if (s === undefined) return catalog(c)
              return catalog(c) && (t === undefined || schema(`${c}.${s}`))
            }
            // A catalog is hidden where it cannot be seen; what is in a container, where the container cannot.
            const hidden = PLACES.slice(1).filter((place) => !doorOpen(place))
            const gone = new Set(hidden.filter((_, index) => coins[index]))
            const kept = (place: string) =>
              ![...gone].some((root) => place === root || place.startsWith(`${root}.`))
            await settle(one)
            const whole = await answers()
            await settle(one, kept)
            expect(await answers()).toEqual(whole)
          },
        ),
        everything,
      )
    },
    PATIENCE_MS,
  )

  /** Every answer that ada can get by name, whether there is such a thing or not. */
  async function answers() {
    const names = { c: [...CATALOGS, 'z'], s: [...SCHEMAS, 'a.z', 'z.s'], t: [...TABLES, 'a.s.z', 'z.s.x'] }
    const paths = [
      'catalogs',
      ...names.c.flatMap((name) => [
        `catalogs/${name}`,
        `schemas?catalog_name=${name}`,
        `table-summaries?catalog_name=${name}`,
      ]),
      ...names.s.flatMap((name) => {
        const [c, s] = name.split('.')
        const query = `catalog_name=${c}&schema_name=${s}`
        return [`schemas/${name}`, `tables?${query}`, `volumes?${query}`, `permissions/schema/${name}`]
      }),
      ...names.t.flatMap((name) => [
        `tables/${name}`,
        `tables/${name}/exists`,
        `effective-permissions/table/${name}`,
      ]),
    ].map((path) => `/api/2.1/unity-catalog/${path}`)
    const ours = names.t.flatMap((name) => [
      `/api/cairn/v1/tables/${name}/rows`,
      `/api/cairn/v1/audit?securable=${name}`,
      `/api/cairn/v1/explain?securable_type=table&full_name=${name}&privilege=SELECT`,
    ])
    const said: Record<string, string> = {}
    for (const url of [...paths, ...ours]) {
      const answer = await house.app.inject({
        url,
        headers: { authorization: `Bearer ${ada.token}`, 'x-request-id': 'r' },
      })
      expect(answer.statusCode, url).toBeLessThan(500)
      const grows = url.includes('/audit?') && answer.statusCode === 200
      said[url] = `${answer.statusCode} ${grows ? 'the log' : answer.body}`
    }
    return said
  }

  test('nothing granted is nothing seen, and lists are empty', async () => {
    const nothing = { owners: Object.fromEntries(PLACES.slice(1).map((place) => [place, 'eve'])), grants: [] }
    await settle(nothing)
    expect(await listed(ada.as)).toEqual({ catalogs: [], schemas: [], tables: [] })
    for (const full_name of TABLES) {
      const calls = [
        ada.as(GetTable, { full_name }),
        ada.as(TableExists, { full_name }),
        ada.as(GetPermissions, { securable_type: 'table', full_name }),
      ]
      for (const allowed of await Promise.all(calls.map(succeeds))) expect(allowed).toBe(false)
    }
    expect(await succeeds(ada.as(DeleteSchema, { full_name: 'a.s', force: true }))).toBe(false)
  })
})

async function only(names: readonly string[], holds: (name: string) => Promise<boolean>) {
  const held = await Promise.all(names.map(holds))
  return names.filter((_, index) => held[index])
}

async function listed(as: Client, max_results?: number) {
  const size = max_results === undefined ? {} : { max_results }
  const catalogs = await pages(async (page) => {
    const answer = await as(ListCatalogs, { ...size, ...page })
    return { items: answer.catalogs, next: answer.next_page_token }
  })
  const schemas = await Promise.all(
    CATALOGS.map((catalog_name) =>
      pages(async (page) => {
        const answer = await as(ListSchemas, { catalog_name, ...size, ...page })
        return { items: answer.schemas, next: answer.next_page_token }
      }),
    ),
  )
  const tables = await Promise.all(
    SCHEMAS.map((schema) => {
      const [catalog_name = '', schema_name = ''] = schema.split('.')
      return pages(async (page) => {
        const answer = await as(ListTables, { catalog_name, schema_name, ...size, ...page })
        return { items: answer.tables, next: answer.next_page_token }
      })
    }),
  )
  const summaries = await Promise.all(
    CATALOGS.map((catalog_name) =>
      pages(async (page) => {
        const answer = await as(ListTableSummaries, { catalog_name, ...size, ...page })
        return { items: answer.tables, next: answer.next_page_token }
      }),
    ),
  )
  expect(summaries.flat()).toEqual(tables.flat())
  return { catalogs, schemas: schemas.flat(), tables: tables.flat() }
}

type Page = { items: readonly { full_name: string }[]; next: string | null }

async function pages(fetch: (page: { page_token?: string }) => Promise<Page>): Promise<string[]> {
  const names: string[] = []
  let token: string | null = null
  do {
    const page: Page = await fetch(token ? { page_token: token } : {})
    names.push(...page.items.map((one) => one.full_name))
    token = page.next
  } while (token)
  return names
}
