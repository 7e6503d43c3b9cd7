import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Privilege } from '../protocol/privileges.js'
import { type AccessRequest, decide, type Grant, type Securable, type SecurableChain } from './decide.js'

const securable = (type: Securable['type'], id: string, owner = 'root'): Securable => ({
  type,
  id,
  name: id,
  owner,
})
const chainOf = (owners: readonly string[]): SecurableChain => [
  securable('table', 'c.s.t', owners[0]!),
  securable('schema', 'c.s', owners[1]!),
  securable('catalog', 'c', owners[2]!),
  securable('metastore', 'metastore', owners[3]!),
]
const CHAIN = chainOf(['root', 'root', 'root', 'root'])
const ask = (identities: string[], privileges: Privilege[], grants: Grant[], chain = CHAIN) =>
  decide({ identities: new Set(identities), privileges, chain, grants, defaults: {} })
const TYPE_OF: Readonly<Record<string, Securable['type']>> = {
  'c.s.t': 'table',
  'c.s': 'schema',
  c: 'catalog',
  metastore: 'metastore',
}
const grant = (principal_id: string, securable_id: string, privilege: Privilege): Grant => ({
  principal_id,
  securable_type: TYPE_OF[securable_id] ?? 'table',
  securable_id,
  privilege,
})

describe('decide', () => {
  test('requires SELECT on a table and USE on both containers, and names what is missing', () => {
    const grants = [grant('team', 'c.s.t', 'SELECT'), grant('team', 'c', 'USE CATALOG')]
    const decision = ask(['ada', 'team'], ['SELECT'], grants)
    expect(decision).toEqual({
      allowed: false,
      missing: [{ privileges: ['USE SCHEMA'], securable: CHAIN[1] }],
    })
    const allowed = ask(['ada', 'team'], ['SELECT'], [...grants, grant('team', 'c.s', 'USE SCHEMA')])
    expect(allowed).toMatchObject({ allowed: true })
    expect(allowed.allowed && allowed.basis.map((one) => `${one.privilege} ${one.securable.id}`)).toEqual([
      'SELECT c.s.t',
      'USE SCHEMA c.s',
      'USE CATALOG c',
    ])
  })

  test('applies a grant on a container to its content', () => {
    const grants = [
      grant('ada', 'c', 'SELECT'),
      grant('ada', 'c', 'USE SCHEMA'),
      grant('ada', 'c', 'USE CATALOG'),
    ]
    expect(ask(['ada'], ['SELECT'], grants).allowed).toBe(true)
    expect(ask(['ada'], ['MODIFY'], grants).allowed).toBe(false)
  })

  test('shows the content of a container with BROWSE, without USE and without access', () => {
    const grants = [grant('ada', 'c', 'BROWSE')]
    expect(ask(['ada'], ['SELECT', 'BROWSE'], grants).allowed).toBe(true)
    expect(ask(['ada'], ['SELECT'], grants).allowed).toBe(false)
  })

  test('grants an owner all privileges, but requires USE on the containers', () => {
    const owned = chainOf(['root', 'ada', 'root', 'root'])
    expect(ask(['ada'], ['MODIFY'], [], owned)).toMatchObject({
      allowed: false,
      missing: [{ privileges: ['USE CATALOG'] }],
    })
    expect(ask(['ada'], ['MODIFY'], [grant('ada', 'c', 'USE CATALOG')], owned).allowed).toBe(true)
    expect(ask(['root'], ['MODIFY'], []).allowed).toBe(true)
  })

  test('does not count MANAGE among ALL PRIVILEGES', () => {
    const grants = [grant('ada', 'metastore', 'ALL PRIVILEGES')]
    expect(ask(['ada'], ['SELECT'], grants).allowed).toBe(true)
    expect(ask(['ada'], ['MANAGE'], grants).allowed).toBe(false)
  })

  test('distinguishes objects of equal ids by their type', () => {
    const chain: SecurableChain = [securable('experiment', '1'), CHAIN[3]!]
    const onJob: Grant = { ...grant('ada', '1', 'MANAGE'), securable_type: 'job' }
    expect(ask(['ada'], ['MANAGE'], [onJob], chain).allowed).toBe(false)
    expect(ask(['ada'], ['MANAGE'], [{ ...onJob, securable_type: 'experiment' }], chain).allowed).toBe(true)
  })
})

/** A naive implementation of the same rules. */
function reference({ identities, privileges, chain, grants }: AccessRequest): boolean {
  const holds = (wanted: readonly string[], from: number) =>
    chain
      .slice(from)
      .some(
        (one) =>
          identities.has(one.owner) ||
          grants.some(
            (g) =>
              g.securable_type === one.type &&
              g.securable_id === one.id &&
              identities.has(g.principal_id) &&
              (wanted.includes(g.privilege) ||
                (g.privilege === 'ALL PRIVILEGES' && wanted.join() !== 'MANAGE')),
          ),
      )
  const browse = privileges.includes('BROWSE') ? ['BROWSE'] : []
  const containers = chain.every(
    (one, level) =>
      level === 0 ||
      (one.type === 'schema'
        ? holds(['USE SCHEMA', ...browse], level)
        : one.type === 'catalog'
          ? holds(['USE CATALOG', ...browse], level)
          : true),
  )
  return holds(privileges, 0) && containers
}

const who = fc.constantFrom('ada', 'team', 'all', 'root', 'eve')
const what = fc.constantFrom<Privilege>(
  'SELECT',
  'MODIFY',
  'USE SCHEMA',
  'USE CATALOG',
  'ALL PRIVILEGES',
  'BROWSE',
  'MANAGE',
)
const where = fc.constantFrom('c.s.t', 'c.s', 'c', 'metastore', 'other')
/** Some have the id of an object of another type, which they must not apply to. */
const grantsOf = fc.array(
  fc
    .record({ principal_id: who, securable_id: where, privilege: what, other: fc.boolean() })
    .map(({ other, ...one }) => ({
      ...one,
      securable_type: other ? ('experiment' as const) : (TYPE_OF[one.securable_id] ?? 'table'),
    })),
  { maxLength: 12 },
)
const world = fc.record({
  identities: fc.uniqueArray(who, { minLength: 1, maxLength: 3 }).map((ids) => new Set(ids)),
  privileges: fc.uniqueArray(fc.constantFrom<Privilege>('SELECT', 'MODIFY', 'BROWSE', 'MANAGE'), {
    minLength: 1,
    maxLength: 2,
  }),
  chain: fc.array(who, { minLength: 4, maxLength: 4 }).map(chainOf),
  grants: grantsOf,
  defaults: fc.constant({}),
})

describe('decide for random hierarchies, owners and grants', () => {
  test('equals the reference implementation', () => {
    fc.assert(
      fc.property(world, (question) => {
        expect(decide(question).allowed).toBe(reference(question))
      }),
      { numRuns: 2000 },
    )
  })

  test('denies without a grant and ownership', () => {
    fc.assert(
      fc.property(world, (question) => {
        expect(decide({ ...question, grants: [], identities: new Set(['nobody']) }).allowed).toBe(false)
      }),
    )
  })

  test('never denies more after an additional grant', () => {
    fc.assert(
      fc.property(world, grantsOf, (question, more) => {
        if (decide(question).allowed)
          expect(decide({ ...question, grants: [...question.grants, ...more] }).allowed).toBe(true)
      }),
    )
  })
})

describe('decide with a denial or a default', () => {
  const object = [securable('experiment', '1', 'owner'), CHAIN[3]!] as const
  const on = (principal_id: string, securable_id: string, privilege: Privilege): Grant => ({
    ...{ principal_id, securable_id, privilege },
    securable_type: securable_id === '1' ? 'experiment' : 'metastore',
  })
  const may = (identities: string[], privilege: Privilege, ...grants: Grant[]) =>
    decide({
      ...{ identities: new Set(identities), privileges: [privilege], chain: object, grants },
      defaults: { experiment: ['READ EXPERIMENTS'] },
    }).allowed

  test('gives the default only to those without a grant on the object', () => {
    expect(may(['ada'], 'READ EXPERIMENTS')).toBe(true)
    expect(may(['ada'], 'EDIT EXPERIMENTS')).toBe(false)
    expect(may(['ada'], 'READ EXPERIMENTS', on('bob', '1', 'DENY'))).toBe(true)
    expect(may(['ada', 'team'], 'READ EXPERIMENTS', on('team', '1', 'DENY'))).toBe(false)
    expect(may(['ada', 'team'], 'READ EXPERIMENTS', on('team', '1', 'MANAGE'))).toBe(false)
    expect(may(['ada'], 'READ EXPERIMENTS', on('ada', 'metastore', 'CREATE EXPERIMENT'))).toBe(true)
  })

  test('lets a denial beat all grants but those of owners and administrators', () => {
    const denied = on('ada', '1', 'DENY')
    expect(may(['ada'], 'READ EXPERIMENTS', denied, on('ada', '1', 'READ EXPERIMENTS'))).toBe(false)
    expect(may(['ada'], 'READ EXPERIMENTS', denied, on('ada', '1', 'ALL PRIVILEGES'))).toBe(false)
    expect(may(['ada'], 'READ EXPERIMENTS', denied, on('ada', 'metastore', 'READ EXPERIMENTS'))).toBe(false)
    expect(may(['ada'], 'READ EXPERIMENTS', denied, on('ada', 'metastore', 'ALL PRIVILEGES'))).toBe(true)
    expect(may(['ada'], 'MANAGE', denied, on('ada', 'metastore', 'MANAGE'))).toBe(true)
    expect(may(['ada', 'owner'], 'MANAGE', denied)).toBe(true)
  })
})
