import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Db } from '../db/db.js'
import { ApiError } from '../errors.js'
import type { Privilege } from '../protocol/privileges.js'
import { type TestAuth, testAuth } from '../testing/auth.js'
import { databases } from '../testing/databases.js'
import { noteAccessChange } from './access-cache.js'
import { Authorizer } from './authorizer.js'
import { METASTORE } from './metastore.js'
import { LOCAL_OWNER, type Principal } from './principal.js'
import type { AuthSchema } from './schema.js'
import { enterSecurable, removeSecurable } from './securables.js'

const OBJECTS = ['1', '2', '3'] as const
const PEOPLE = ['ada', 'eve', 'inner', 'outer'] as const
const PRIVILEGES: readonly Privilege[] = [
  'READ EXPERIMENTS',
  'EDIT EXPERIMENTS',
  'MANAGE',
  'ALL PRIVILEGES',
  'READ JOBS',
  'DENY',
]
/** Everybody reads experiments on which they have no grant. */
const DEFAULTS = { experiment: ['READ EXPERIMENTS'] } as const

const world = fc.record({
  owners: fc.tuple(
    ...OBJECTS.map(() => fc.constantFrom('local-owner', 'local-owner', 'ada', 'eve', 'outer')),
  ),
  grants: fc.array(
    fc
      .record({
        principal_id: fc.constantFrom(...PEOPLE, 'account-users'),
        securable_id: fc.constantFrom(...OBJECTS, ...OBJECTS, 'metastore'),
        privilege: fc.constantFrom(...PRIVILEGES),
        onJob: fc.nat(3).map((n) => n === 0),
      })
      // It cannot be granted there.
      .filter(({ securable_id, privilege }) => securable_id !== 'metastore' || privilege !== 'DENY'),
    { maxLength: 6 },
  ),
  wanted: fc.constantFrom<Privilege>('READ EXPERIMENTS', 'EDIT EXPERIMENTS', 'MANAGE'),
  withDefault: fc.boolean(),
})
type World = typeof world extends fc.Arbitrary<infer W> ? W : never

describe.each(databases)('access to objects on %s', (_name, database) => {
  let auth: TestAuth
  let db: Db<AuthSchema>
  const principals = new Map<string, Principal>()
  beforeAll(async () => {
    auth = await testAuth(database)
    db = auth.db.for()
    for (const name of PEOPLE)
      principals.set(name, await auth.identities.create(name.endsWith('er') ? 'group' : 'user', name))
    await auth.identities.addMember(idOf('inner'), idOf('ada'))
    await auth.identities.addMember(idOf('outer'), idOf('inner'))
  })
  afterAll(() => auth.close())

  const idOf = (name: string) => principals.get(name)?.id ?? name

  async function store({ owners, grants }: World) {
    await db.transaction(async (tx) => {
      await tx.deleteFrom('grants').execute()
      await tx.deleteFrom('securables').execute()
      for (const [i, owner] of owners.entries())
        await enterSecurable(tx, {
          ...{ type: 'experiment', id: OBJECTS[i]!, name: `e${i}` },
          ...{ owner: idOf(owner), created_at: 1 },
        })
      for (const { principal_id, securable_id, privilege, onJob } of grants)
        await tx
          .insertInto('grants')
          .values({
            principal_id: idOf(principal_id),
            securable_type: securable_id === 'metastore' ? 'metastore' : onJob ? 'job' : 'experiment',
            ...{ securable_id, privilege, granted_by: 'owner', granted_at: 1 },
          })
          .onConflict((on) => on.doNothing())
          .execute()
    })
    noteAccessChange(db)
  }

  /** A naive implementation of the rules for ada, who is in `inner`, which is in `outer`. */
  const reference = ({ owners, grants, wanted, withDefault }: World, object: number): boolean => {
    const ADA = ['ada', 'inner', 'outer', 'account-users']
    if (ADA.includes(owners[object]!)) return true
    const hers = grants.filter(({ principal_id }) => ADA.includes(principal_id))
    const onObject = hers.filter((one) => one.securable_id === OBJECTS[object] && !one.onJob)
    const onMetastore = hers.filter((one) => one.securable_id === 'metastore')
    const suffices = ({ privilege }: World['grants'][number]) =>
      privilege === wanted || (privilege === 'ALL PRIVILEGES' && wanted !== 'MANAGE')
    if (onObject.some(({ privilege }) => privilege === 'DENY'))
      return onMetastore.some((one) => suffices(one) && ['MANAGE', 'ALL PRIVILEGES'].includes(one.privilege))
    if (withDefault && onObject.length === 0 && wanted === 'READ EXPERIMENTS') return true
    return [...onObject, ...onMetastore].some(suffices)
  }

  test('decisions, filters and lists equal a naive reference for random worlds', async () => {
    const now = () => auth.clock.now
    const withoutDefault = new Authorizer(db, now)
    const withDefault = new Authorizer(db, now, DEFAULTS)
    const ada = principals.get('ada')!
    await fc.assert(
      fc.asyncProperty(world, async (random) => {
        await store(random)
        const { objects } = random.withDefault ? withDefault : withoutDefault
        const expected = OBJECTS.filter((_, i) => reference(random, i))
        const decided: string[] = []
        for (const id of OBJECTS) {
          expect(objects.allowedAtOnce(ada, random.wanted, 'experiment', id)).toBeUndefined() // not remembered
          const result = await objects.decide(ada, [random.wanted], 'experiment', id)
          if (result!.decision.allowed) decided.push(id)
          for (let times = 0; times < 2; times++)
            expect(objects.allowedAtOnce(ada, random.wanted, 'experiment', id)).toEqual(
              result!.decision.allowed ? result : undefined,
            )
        }
        expect(decided).toEqual(expected)
        const allowed = await objects.allowedObjects(ada, [random.wanted], 'experiment')
        if (!allowed) {
          expect(expected).toEqual(OBJECTS)
          return
        }
        expect([...(await allowed.among([...OBJECTS, '9']))].sort()).toEqual(expected)
        const rows = await sql<{
          n: number
        }>`select n from (select 1 as n union select 2 union select 3) as all_of
          where ${allowed.has('n')} order by n`.execute(db.read)
        expect(rows.rows.map(({ n }) => String(n))).toEqual(expected)
        const names = await sql<{
          name: string
        }>`select name from (select 'e0' as name union select 'e1' union select 'e2') as all_of
          where ${allowed.hasName('name')} order by name`.execute(db.read)
        expect(names.rows.map(({ name }) => OBJECTS[Number(name[1])])).toEqual(expected)
      }),
      { numRuns: 400 },
    )
  })

  test('forgets what it allowed after a second, and at once after a change by this process', async () => {
    const ada = principals.get('ada')!
    const { objects } = auth.authorizer
    const atOnce = () => objects.allowedAtOnce(ada, 'EDIT EXPERIMENTS', 'experiment', '1')
    const grants = [
      { principal_id: 'inner', securable_id: '1', privilege: 'EDIT EXPERIMENTS', onJob: false },
    ] as const
    await store({ owners: ['eve', 'eve', 'eve'], grants: [...grants], wanted: 'MANAGE', withDefault: false })
    await objects.decide(ada, ['EDIT EXPERIMENTS'], 'experiment', '1')
    expect(atOnce()).toBeDefined()
    auth.clock.now += 1_000
    expect(atOnce()).toBeUndefined()
    await objects.decide(ada, ['EDIT EXPERIMENTS'], 'experiment', '1')
    expect(atOnce()).toBeDefined()
    await auth.identities.removeMember(idOf('inner'), idOf('ada'))
    expect(atOnce()).toBeUndefined()
    expect((await objects.decide(ada, ['EDIT EXPERIMENTS'], 'experiment', '1'))?.decision.allowed).toBe(false)
    await auth.identities.addMember(idOf('inner'), idOf('ada'))
  })

  test('an object created again inherits nothing', async () => {
    await store({ owners: ['eve', 'eve', 'eve'], grants: [], wanted: 'MANAGE', withDefault: false })
    const grant = { principal_id: idOf('ada'), add: ['EDIT EXPERIMENTS' as const], remove: [] }
    const first = { type: 'experiment' as const, id: '1', name: 'e0', owner: idOf('eve') }
    await auth.grants.change(first, [grant], LOCAL_OWNER)
    const may = async () =>
      (await auth.authorizer.objects.decide(principals.get('ada')!, ['EDIT EXPERIMENTS'], 'experiment', '1'))
        ?.decision.allowed
    expect(await may()).toBe(true)
    await db.transaction(async (tx) => {
      await removeSecurable(tx, 'experiment', '1')
      await enterSecurable(tx, { ...first, created_at: 2 })
    })
    noteAccessChange(db)
    expect(await may()).toBe(false)
  })

  test('tells whom to ask only to principals who may see the object', async () => {
    await store({
      owners: ['eve', 'eve', 'eve'],
      grants: [
        { principal_id: 'ada', securable_id: '1', privilege: 'READ EXPERIMENTS', onJob: false },
        { principal_id: 'ada', securable_id: '3', privilege: 'READ EXPERIMENTS', onJob: true },
      ],
      wanted: 'MANAGE',
      withDefault: false,
    })
    const attempt = (id: string) =>
      auth.authorizer
        .requireOn(
          principals.get('ada')!,
          ['EDIT EXPERIMENTS'],
          { type: 'experiment', ids: [id] },
          { absent: () => new ApiError('RESOURCE_DOES_NOT_EXIST', 'no such experiment') },
        )
        .catch((error: ApiError) => error.message)
    expect(await attempt('1')).toBe(
      "'ada' lacks EDIT EXPERIMENTS on experiment 'e0'. Ask 'eve' or 'owner' to grant it.",
    )
    for (const hidden of ['2', '3', '9']) expect(await attempt(hidden)).toBe('no such experiment')
  })

  test('needs no query for the owner of the metastore', async () => {
    expect(auth.authorizer.objects.holdsEverywhere(LOCAL_OWNER, ['MANAGE'], 'experiment')).toBe(true)
    await auth.grants.change(
      METASTORE[0],
      [{ principal_id: idOf('eve'), add: ['READ EXPERIMENTS'], remove: [] }],
      LOCAL_OWNER,
    )
    const eve = principals.get('eve')!
    expect(await auth.authorizer.objects.holdsEverywhere(eve, ['READ EXPERIMENTS'], 'experiment')).toBe(true)
    expect(auth.authorizer.objects.holdsEverywhere(eve, ['READ EXPERIMENTS'], 'experiment')).toBe(true) // no promise: remembered
  })
})
