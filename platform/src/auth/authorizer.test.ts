import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ApiError } from '../errors.js'
import type { Privilege } from '../protocol/privileges.js'
import { type TestAuth, testAuth } from '../testing/auth.js'
import { databases } from '../testing/databases.js'
import { explain, type NotedDecision } from './authorizer.js'
import type { Securable, SecurableChain } from './decide.js'
import { METASTORE } from './metastore.js'
import { LOCAL_OWNER, type Principal } from './principal.js'

const [metastore] = METASTORE
type Facts = Partial<Securable>
const catalog = (facts: Facts = {}): Securable => ({
  type: 'catalog',
  id: 'c1',
  name: 'c',
  owner: LOCAL_OWNER.id,
  ...facts,
})
const schema = (facts: Facts = {}): Securable => ({
  type: 'schema',
  id: 's1',
  name: 'c.s',
  owner: LOCAL_OWNER.id,
  ...facts,
})
const table = (facts: Facts = {}): Securable => ({
  type: 'table',
  id: 't1',
  name: 'c.s.t',
  owner: LOCAL_OWNER.id,
  ...facts,
})
const absent = { id: '', owner: '', absent: true } as const
const CHAIN: SecurableChain = [table(), schema(), catalog(), metastore]
const NO_TABLE: SecurableChain = [table(absent), schema(), catalog(), metastore]
const NO_SCHEMA: SecurableChain = [table(absent), schema(absent), catalog(), metastore]
const NO_CATALOG: SecurableChain = [table(absent), schema(absent), catalog(absent), metastore]

describe.each(databases)('Authorizer on %s', (_, database) => {
  let auth: TestAuth
  beforeAll(async () => {
    auth = await testAuth(database)
  })
  afterAll(() => auth.close())

  let number = 0
  const newcomer = () => auth.identities.create('user', `newcomer-${++number}`)
  const give = (who: Principal, securable: Securable, ...add: Privilege[]) =>
    auth.grants.change(securable, [{ principal_id: who.id, add, remove: [] }], LOCAL_OWNER)
  const refused = async (who: Principal, chain: SecurableChain) => {
    const error: ApiError = await auth.authorizer.require(who, 'SELECT', chain).then(
      () => expect.fail('allowed'),
      (reason) => reason,
    )
    return { code: error.code, message: error.message.replace(who.name, 'X'), details: error.details }
  }

  test('returns the same error for absent and forbidden securables without a right above them', async () => {
    const eve = await newcomer()
    const forbidden = await refused(eve, CHAIN)
    expect(forbidden).toMatchObject({ code: 'PERMISSION_DENIED', details: { can_grant: ['owner'] } })
    expect(forbidden.message).toBe(
      "'X' may not use table 'c.s.t', or it does not exist: it takes SELECT on table 'c.s.t' and USE SCHEMA on schema 'c.s' and USE CATALOG on catalog 'c'. Ask 'owner' to grant it.",
    )
    for (const chain of [NO_TABLE, NO_SCHEMA, NO_CATALOG])
      expect(await refused(eve, chain)).toEqual(forbidden)
    await give(eve, table(), 'SELECT') // a grant below an invisible container reveals nothing
    expect(await refused(eve, CHAIN)).toEqual(forbidden)
  })

  test('reveals nothing about the content of an inaccessible schema', async () => {
    const eve = await newcomer()
    await give(eve, catalog(), 'USE CATALOG')
    const closed = await refused(eve, CHAIN)
    expect(closed.message).toBe(
      "'X' lacks SELECT on table 'c.s.t' and USE SCHEMA on schema 'c.s'. Ask 'owner' to grant it.",
    )
    expect(await refused(eve, NO_TABLE)).toEqual(closed)
    expect(await refused(eve, NO_SCHEMA)).toMatchObject({
      code: 'SCHEMA_NOT_FOUND',
      message: 'Schema not found: c.s',
    })
  })

  test('names the missing privilege or table if the schema is visible', async () => {
    const [mo, team] = [await newcomer(), await auth.identities.create('group', 'data-engineering')]
    await give(mo, catalog(), 'USE CATALOG', 'USE SCHEMA')
    const owned: SecurableChain = [
      table({ owner: team.id }),
      schema({ owner: team.id }),
      catalog(),
      metastore,
    ]
    const denied = await refused(mo, owned)
    expect(denied.message).toBe(
      "'X' lacks SELECT on table 'c.s.t'. Ask 'data-engineering' or 'owner' to grant it.",
    )
    expect(denied.details).toEqual({
      missing: [{ privileges: ['SELECT'], securable_type: 'table', securable: 'c.s.t' }],
      can_grant: ['data-engineering', 'owner'],
      ask: [
        { name: 'data-engineering', display_name: 'data-engineering' },
        { name: 'owner', display_name: 'owner' },
      ],
    })
    expect(await refused(mo, NO_TABLE)).toMatchObject({ code: 'TABLE_NOT_FOUND' })
    await give(mo, schema(), 'SELECT')
    expect(await refused(mo, NO_TABLE)).toMatchObject({ code: 'TABLE_NOT_FOUND' })
  })

  test('reports a missing catalog to the owner of the workspace', async () => {
    expect(await refused(LOCAL_OWNER, NO_CATALOG)).toMatchObject({ code: 'CATALOG_NOT_FOUND' })
  })

  test('decides many securables like single ones', async () => {
    const bo = await newcomer()
    await give(bo, catalog(), 'USE CATALOG')
    await give(bo, schema(), 'USE SCHEMA')
    await give(bo, table({ id: 't2' }), 'SELECT')
    const chains = ['t1', 't2', 't3'].map(
      (id): SecurableChain => [
        table({ id, ...(id === 't3' && { owner: bo.id }) }),
        schema(),
        catalog(),
        metastore,
      ],
    )
    const together = await auth.authorizer.decideAll(bo, 'SELECT', chains)
    const apart = await Promise.all(chains.map((chain) => auth.authorizer.decide(bo, 'SELECT', chain)))
    expect(together).toEqual(apart)
    expect(together.map((one) => one.allowed)).toEqual([false, true, true])
  })

  test('reports each decision with the deciding grant', async () => {
    const cy = await newcomer()
    const noted: NotedDecision[] = []
    const ask = () => auth.authorizer.require(cy, 'SELECT', CHAIN, (one) => noted.push(one))
    await expect(ask()).rejects.toThrow('may not use')
    await give(cy, catalog(), 'USE CATALOG', 'USE SCHEMA', 'SELECT')
    await ask()
    const nameOf = await auth.authorizer.names([cy.id])
    expect(noted.map(({ chain, decision }) => [chain[0], explain(decision, nameOf)])).toEqual([
      [CHAIN[0], expect.stringContaining('missing SELECT')],
      [CHAIN[0], `SELECT on c (${cy.name}), USE SCHEMA on c (${cy.name}), USE CATALOG on c (${cy.name})`],
    ])
  })
})
