import { noteAccessChange } from '@cairn/platform/auth/access-cache'
import type { SecurableChain } from '@cairn/platform/auth/decide'
import { METASTORE } from '@cairn/platform/auth/metastore'
import type { Principal } from '@cairn/platform/auth/principal'
import { enterSecurable, updateSecurable } from '@cairn/platform/auth/securables'
import { ReviewObject, ReviewPrincipal } from '@cairn/platform/protocol/cairn/access-review'
import { grantableOn, type SecurableType } from '@cairn/platform/protocol/privileges'
import { CreateVolume } from '@cairn/platform/protocol/unity/volumes'
import { sampledDatabases } from '@cairn/platform/testing/databases'
import { share } from '@cairn/platform/testing/effort'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CatalogSchema } from '../schema.js'
import { aCatalog, aSchema, aTable, type TestCatalog, testCatalog } from '../testing/catalog.js'
import { privilegesOn } from './allowed-privileges.js'

const PEOPLE = ['ada', 'bob', 'service'] as const
const GROUPS = ['inner', 'middle', 'outer'] as const
const HOLDERS = [...PEOPLE, ...GROUPS, 'account-users'] as const
const OBJECTS = [
  ...[
    'metastore metastore',
    'experiment 1',
    'experiment 2',
    'job 1',
    'registered_model m',
    'serving_endpoint e',
  ],
  ...['catalog a', 'catalog b', 'schema a.s', 'schema a.t', 'schema b.s'],
  ...['table a.s.t', 'table a.t.t', 'table b.s.t', 'volume a.s.v', 'volume b.s.v'],
] as const

const world = fc.record({
  members: fc.array(
    fc.record({ group: fc.constantFrom(...GROUPS), member: fc.constantFrom(...PEOPLE, ...GROUPS) }),
    { maxLength: 6 },
  ),
  owners: fc.array(
    fc.record({ object: fc.constantFrom(...OBJECTS.slice(1)), owner: fc.constantFrom(...PEOPLE, ...GROUPS) }),
    { maxLength: 4 },
  ),
  grants: fc.array(
    fc.record({
      holder: fc.constantFrom(...HOLDERS),
      object: fc.constantFrom(...OBJECTS),
      pick: fc.nat(),
      instead: fc.constantFrom(undefined, undefined, 'ALL PRIVILEGES' as const, 'DENY' as const),
    }),
    { maxLength: 12 },
  ),
})
type World = typeof world extends fc.Arbitrary<infer W> ? W : never

describe.each(sampledDatabases)('access review and production decisions on %s', (_, database) => {
  let server: TestCatalog
  const principals = new Map<string, Principal>()
  const ids = new Map<string, string>()
  beforeAll(async () => {
    server = await testCatalog(database, { defaults: { experiment: ['READ EXPERIMENTS'] } })
    const { identities, db } = server.context
    for (const name of PEOPLE)
      principals.set(name, await identities.create(name === 'service' ? 'service_principal' : 'user', name))
    for (const name of GROUPS) principals.set(name, await identities.create('group', name))
    await db.for<CatalogSchema>().transaction(async (tx) => {
      for (const object of OBJECTS.slice(1, 6)) {
        const [type, id] = object.split(' ') as [SecurableType, string]
        await enterSecurable(tx, { type, id, name: `${type}-${id}`, owner: 'local-owner', created_at: 1 })
      }
    })
    for (const catalog of ['a', 'b']) await aCatalog(server.owner, catalog)
    for (const schema of ['a.s', 'a.t', 'b.s']) await aSchema(server.owner, schema)
    for (const table of ['a.s.t', 'a.t.t', 'b.s.t']) await aTable(server.owner, table)
    for (const catalog_name of ['a', 'b'])
      await server.owner(CreateVolume, { catalog_name, schema_name: 's', name: 'v', volume_type: 'MANAGED' })
    for (const object of OBJECTS) ids.set(object, (await chainOf(object))[0].id)
  })
  afterAll(() => server.close())

  const idOf = (name: string) => principals.get(name)?.id ?? name

  async function chainOf(object: string): Promise<SecurableChain> {
    const [type, name] = object.split(' ') as ['table', string]
    const row = await server.context.securables.find(type, name)
    return row ? [row, ...METASTORE] : server.locator.find(type, name)
  }

  async function store({ members, owners, grants }: World) {
    const db = server.context.db.for<CatalogSchema>()
    await db.transaction(async (tx) => {
      await tx.deleteFrom('group_members').execute()
      await tx.deleteFrom('grants').execute()
      for (const object of OBJECTS.slice(1)) {
        const [type] = object.split(' ') as [SecurableType]
        const owner = idOf(owners.find((one) => one.object === object)?.owner ?? 'local-owner')
        await updateSecurable(tx, type, ids.get(object)!, { owner })
      }
      for (const { group, member } of members)
        await tx
          .insertInto('group_members')
          .values({ group_id: idOf(group), member_id: idOf(member) })
          .onConflict((on) => on.doNothing())
          .execute()
      for (const { holder, object, pick, instead } of grants) {
        const [type] = object.split(' ') as [SecurableType]
        const privileges = privilegesOn(type)
        const ordinary = privileges[pick % privileges.length]!
        const privilege = instead && grantableOn(instead, type) ? instead : ordinary
        const row = {
          principal_id: idOf(holder),
          securable_type: type,
          securable_id: ids.get(object)!,
          privilege,
        }
        await tx
          .insertInto('grants')
          .values({ ...row, granted_by: 'test', granted_at: 1 })
          .onConflict((on) => on.doNothing())
          .execute()
      }
    })
    noteAccessChange(db)
  }

  /** `principal privilege object` for all that production allows. */
  async function decided(): Promise<Set<string>> {
    const { authorizer, identities } = server.context
    const found = new Set<string>()
    for (const name of [...PEOPLE, ...GROUPS]) {
      const principal = await identities.get(name)
      for (const object of OBJECTS) {
        const chain = await chainOf(object)
        for (const privilege of privilegesOn(chain[0].type))
          if ((await authorizer.decide(principal, privilege, chain)).allowed)
            found.add(`${name} ${privilege} ${object}`)
      }
    }
    return found
  }

  test('agree in both directions for random groups, owners, grants and denials, with a default', async () => {
    await fc.assert(
      fc.asyncProperty(world, async (random) => {
        await store(random)
        const expected = [...(await decided())].sort()
        const byObject: string[] = []
        for (const object of OBJECTS) {
          const [securable_type, full_name] = object.split(' ') as [string, string]
          const { entries } = await server.owner(ReviewObject, { securable_type, full_name })
          for (const { principal, privileges } of entries)
            if (principals.has(principal))
              byObject.push(...privileges.map(({ privilege }) => `${principal} ${privilege} ${object}`))
        }
        expect(byObject.sort()).toEqual(expected)
        const byPrincipal: string[] = []
        for (const principal of principals.keys()) {
          const { entries } = await server.owner(ReviewPrincipal, { principal })
          for (const { securable_type, securable_id, full_name, privileges } of entries) {
            const object = OBJECTS.find((one) =>
              [`${securable_type} ${securable_id}`, `${securable_type} ${full_name}`].includes(one),
            )
            byPrincipal.push(...privileges.map(({ privilege }) => `${principal} ${privilege} ${object}`))
          }
        }
        expect(byPrincipal.sort()).toEqual(expected)
      }),
      { numRuns: share(50, database.engine) },
    )
  }, 120_000)
})
