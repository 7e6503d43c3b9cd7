import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Db } from '../db/db.js'
import { missing } from '../errors.js'
import { grantableOn, PRIVILEGES, type Privilege, type SecurableType } from '../protocol/privileges.js'
import { type TestAuth, testAuth } from '../testing/auth.js'
import { databases } from '../testing/databases.js'
import { share } from '../testing/effort.js'
import { noteAccessChange } from './access-cache.js'
import type { Securable, SecurableChain } from './decide.js'
import { KINDS } from './kinds.js'
import { METASTORE } from './metastore.js'
import type { Principal } from './principal.js'
import type { AuthSchema } from './schema.js'
import { enterSecurable } from './securables.js'

/** Objects of every kind; a `/` separates an object from what contains it. Some ids are equal in several kinds. */
const OBJECTS: readonly (readonly [type: SecurableType, path: string])[] = [
  ['catalog', 'a'],
  ['schema', 'a/s'],
  ['table', 'a/s/1'],
  ['volume', 'a/s/2'],
  ['schema', 'a/t'],
  ['table', 'a/t/3'],
  ['catalog', 'b'],
  ['schema', 'b/s2'],
  ['volume', 'b/s2/1'],
  ['experiment', '1'],
  ['experiment', '2'],
  ['registered_model', '1'],
  ['job', '1'],
  ['job', '2'],
  ['serving_endpoint', '1'],
  ['serving_endpoint', '3'],
]
const NAMED = ['experiment', 'registered_model', 'job', 'serving_endpoint'] as const
const PEOPLE = ['ada', 'eve', 'inner', 'outer', 'apart'] as const
const GROUPS: readonly string[] = ['inner', 'outer', 'apart']
/** Group and member; ada may be in a group through others, also in a cycle. */
const LINKS = [
  ['inner', 'ada'],
  ['outer', 'inner'],
  ['inner', 'outer'],
  ['apart', 'outer'],
  ['apart', 'eve'],
] as const

const place = fc.constantFrom(...OBJECTS.map(([type, path]) => `${type} ${path}`), 'metastore metastore')
const holder = fc.constantFrom(...PEOPLE, 'account-users')
/** All but denials, which `object-access.test.ts` compares. */
const GIVING = PRIVILEGES.filter((privilege) => privilege !== 'DENY')
const grant = fc.record({ holder, place, privilege: fc.constantFrom(...GIVING) })
const world = fc.record({
  owners: fc.tuple(...OBJECTS.map(() => fc.constantFrom('local-owner', 'local-owner', 'eve', ...PEOPLE))),
  links: fc.subarray([...LINKS]),
  grants: fc.array(
    grant.filter((one) => grantableOn(one.privilege, typeAt(one.place))),
    { maxLength: 25 },
  ),
})
type World = typeof world extends fc.Arbitrary<infer W> ? W : never
const typeAt = (at: string) => at.split(' ')[0] as SecurableType
const idAt = (at: string) => at.split(/[ /]/).at(-1)!

/** A naive evaluator, which shares no code with the decisions. */
function reference({ owners, links, grants }: World) {
  const mine = new Set(['ada', 'account-users'])
  for (let round = 0; round < LINKS.length; round++)
    for (const [group, member] of links) if (mine.has(member)) mine.add(group)
  const ownerOf = new Map(OBJECTS.map(([type, path], i) => [`${type} ${path}`, owners[i]!]))
  const upwards = (type: SecurableType, path: string): string[] => {
    const parts = path.split('/')
    const above = parts.length === 3 ? [`schema ${parts[0]}/${parts[1]}`] : []
    const catalog = parts.length > 1 ? [`catalog ${parts[0]}`] : []
    return [`${type} ${path}`, ...above, ...catalog, 'metastore metastore']
  }
  const holds = (places: readonly string[], wanted: readonly string[]) =>
    places.some(
      (at) =>
        mine.has(ownerOf.get(at) ?? '') ||
        grants.some(
          (one) =>
            one.place === at &&
            mine.has(one.holder) &&
            (wanted.includes(one.privilege) ||
              (one.privilege === 'ALL PRIVILEGES' && wanted.some((name) => name !== 'MANAGE'))),
        ),
    )
  return (privilege: Privilege, type: SecurableType, path: string): boolean => {
    const places = upwards(type, path)
    const browse = privilege === 'BROWSE' ? ['BROWSE'] : []
    const usable = places
      .map((at, level) => ({ at, level }))
      .filter(({ at, level }) => level > 0 && !at.startsWith('metastore'))
      .every(({ at, level }) =>
        holds(places.slice(level), [at.startsWith('schema') ? 'USE SCHEMA' : 'USE CATALOG', ...browse]),
      )
    return usable && holds(places, [privilege])
  }
}

describe.each(databases)('every way to decide on %s', (_name, database) => {
  let auth: TestAuth
  let db: Db<AuthSchema>
  const principals = new Map<string, Principal>()
  beforeAll(async () => {
    auth = await testAuth(database)
    db = auth.db.for()
    for (const name of PEOPLE)
      principals.set(name, await auth.identities.create(GROUPS.includes(name) ? 'group' : 'user', name))
  })
  afterAll(() => auth.close())
  const idOf = (name: string) => principals.get(name)?.id ?? name

  async function store({ owners, links, grants }: World) {
    await db.transaction(async (tx) => {
      for (const table of ['grants', 'securables', 'group_members'] as const)
        await tx.deleteFrom(table).execute()
      for (const [i, [type, path]] of OBJECTS.entries()) {
        const parent = path.split('/').at(-2)
        const entry = {
          type,
          id: idAt(path),
          name: `${type}-${path}`,
          owner: idOf(owners[i]!),
          created_at: 1,
        }
        await enterSecurable(tx, { ...entry, ...(parent && { parent_id: parent }) })
      }
      for (const [group, member] of links)
        await tx
          .insertInto('group_members')
          .values({ group_id: idOf(group), member_id: idOf(member) })
          .execute()
      for (const { holder, place, privilege } of grants)
        await tx
          .insertInto('grants')
          .values({
            ...{ principal_id: idOf(holder), securable_type: typeAt(place), securable_id: idAt(place) },
            ...{ privilege, granted_by: 'test', granted_at: 1 },
          })
          .onConflict((on) => on.doNothing())
          .execute()
    })
    noteAccessChange(db)
  }

  function chainOf({ owners }: World, type: SecurableType, path: string): SecurableChain {
    const parts = path.split('/')
    const containers = [
      ...(parts.length === 3 ? [['schema', parts.slice(0, 2).join('/')] as const] : []),
      ...(parts.length > 1 ? [['catalog', parts[0]!] as const] : []),
    ]
    const securable = (of: SecurableType, at: string): Securable => {
      const index = OBJECTS.findIndex(([one, where]) => one === of && where === at)
      return { type: of, id: idAt(at), name: at, owner: idOf(owners[index]!) }
    }
    return [securable(type, path), ...containers.map(([of, at]) => securable(of, at)), ...METASTORE]
  }

  const wantedOn = (type: SecurableType) =>
    GIVING.filter((one) => grantableOn(one, type) && one !== 'ALL PRIVILEGES')

  /** Every decision about ada, by each implementation. */
  async function decisions(random: World) {
    const { authorizer } = auth
    const ada = principals.get('ada')!
    const found: Record<string, Record<string, boolean>> = {
      one: {},
      batch: {},
      object: {},
      list: {},
      cache: {},
    }
    for (const type of new Set(OBJECTS.map(([one]) => one)))
      for (const privilege of wantedOn(type)) {
        const paths = OBJECTS.filter(([one]) => one === type).map(([, path]) => path)
        const chains = paths.map((path) => chainOf(random, type, path))
        const batch = await authorizer.decideAll(ada, privilege, chains)
        const isNamed = KINDS[type].isNamed === true
        const allowed = isNamed ? await authorizer.objects.allowedObjects(ada, [privilege], type) : undefined
        const listed = allowed ? await allowed.among(paths) : new Set(paths)
        for (const [i, path] of paths.entries()) {
          const key = `${privilege} on ${type} ${path}`
          found.one![key] = (await authorizer.decide(ada, privilege, chains[i]!)).allowed
          found.batch![key] = batch[i]!.allowed
          if (!isNamed) continue
          const object = await authorizer.objects.decide(ada, [privilege], type, path)
          found.object![key] = object!.decision.allowed
          found.list![key] = listed.has(path)
          found.cache![key] = await remembered(ada, privilege, type, path)
        }
      }
    return found
  }

  async function remembered(ada: Principal, privilege: Privilege, type: SecurableType, id: string) {
    const options = { absent: () => missing('absent') }
    const ask = async () => {
      try {
        await auth.authorizer.requireOrRemember(ada, privilege, { type, id }, options)
        return true
      } catch {
        return false
      }
    }
    const first = await ask()
    expect(await ask()).toBe(first)
    return first
  }

  const expected = (random: World, isWanted: (type: SecurableType) => boolean) => {
    const allows = reference(random)
    return Object.fromEntries(
      OBJECTS.filter(([type]) => isWanted(type)).flatMap(([type, path]) =>
        wantedOn(type).map((privilege) => [`${privilege} on ${type} ${path}`, allows(privilege, type, path)]),
      ),
    )
  }
  const isNamedType = (type: SecurableType) => (NAMED as readonly string[]).includes(type)

  test('equals a naive evaluator for one, many, lists and cached decisions, also after a change', async () => {
    await fc.assert(
      fc.asyncProperty(world, fc.option(grant), async (random, more) => {
        const added = more && grantableOn(more.privilege, typeAt(more.place)) ? [more] : []
        for (const grants of [random.grants, [...random.grants, ...added], random.grants.slice(1)]) {
          const one = { ...random, grants }
          await store(one)
          const found = await decisions(one)
          const all = expected(one, () => true)
          const named = expected(one, isNamedType)
          expect(found).toEqual({ one: all, batch: all, object: named, list: named, cache: named })
        }
      }),
      { numRuns: share(60, database.engine) },
    )
  }, 240_000)
})
