import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Privilege } from '../protocol/privileges.js'
import { type TestAuth, testAuth } from '../testing/auth.js'
import { databases } from '../testing/databases.js'
import type { Securable } from './decide.js'
import { METASTORE } from './metastore.js'
import { LOCAL_OWNER, type Principal } from './principal.js'
import { removeSecurable } from './securables.js'

const table: Securable = { type: 'table', id: 't1', name: 'c.s.t', owner: LOCAL_OWNER.id }

describe.each(databases)('grants on %s', (_, database) => {
  let auth: TestAuth
  let ada: Principal
  beforeAll(async () => {
    auth = await testAuth(database)
    ada = await auth.identities.create('user', 'ada')
  })
  afterAll(() => auth.close())
  const grantNames = async () =>
    (await auth.grants.onChain([table])).map(({ principal, privilege }) => `${principal} ${privilege}`)

  test('are added and removed idempotently', async () => {
    const give = [{ principal_id: ada.id, add: ['SELECT', 'MODIFY'] as const, remove: [] }]
    await auth.grants.change(table, give, LOCAL_OWNER)
    await auth.grants.change(table, give, LOCAL_OWNER)
    expect(await grantNames()).toEqual(['ada MODIFY', 'ada SELECT'])
    const take = [{ principal_id: ada.id, add: [], remove: ['MODIFY', 'BROWSE'] as const }]
    await auth.grants.change(table, take, LOCAL_OWNER)
    await auth.grants.change(table, take, LOCAL_OWNER)
    expect(await grantNames()).toEqual(['ada SELECT'])
  })

  test('change atomically', async () => {
    const before = await grantNames()
    const unknown = [
      { principal_id: ada.id, add: ['BROWSE'] as const, remove: ['SELECT'] as const },
      { principal_id: 'nobody', add: ['SELECT'] as const, remove: [] },
    ]
    await expect(auth.grants.change(table, unknown, LOCAL_OWNER)).rejects.toThrow()
    const misplaced = [{ principal_id: ada.id, add: ['BROWSE', 'CREATE TABLE'] as const, remove: [] }]
    await expect(auth.grants.change(table, misplaced, LOCAL_OWNER)).rejects.toThrow(
      'CREATE TABLE cannot be granted on a table.',
    )
    expect(await grantNames()).toEqual(before)
  })

  test('are refused for privileges without objects here, with what to grant instead, and can be removed', async () => {
    const schema: Securable = { type: 'schema', id: 's1', name: 'c.s', owner: LOCAL_OWNER.id }
    const change = (privilege: Privilege, securable: Securable = schema) =>
      auth.grants.change(securable, [{ principal_id: ada.id, add: [privilege], remove: [] }], LOCAL_OWNER)
    await expect(change('EXECUTE')).rejects.toThrow(/EXECUTE cannot be granted on a schema.*READ MODELS/)
    await expect(change('CREATE FUNCTION', METASTORE[0])).rejects.toThrow(/no functions/)
    await expect(change('CREATE MODEL')).rejects.toThrow(/on the metastore/)
    await change('CREATE MODEL', METASTORE[0])
    const model = { principal_id: ada.id, add: [], remove: ['CREATE MODEL'] as const }
    await auth.grants.change(METASTORE[0], [model], LOCAL_OWNER)
    const removal = { principal_id: ada.id, add: [], remove: ['EXECUTE', 'CREATE FUNCTION'] as const }
    await auth.grants.change(schema, [removal], LOCAL_OWNER)
  })

  test('do not depend on order and repetition of changes to different securables', async () => {
    const privilege = fc.constantFrom<Privilege>('SELECT', 'MODIFY', 'BROWSE')
    const changes = fc.uniqueArray(fc.record({ privilege, add: fc.boolean() }), {
      selector: (change) => change.privilege,
    })
    await fc.assert(
      fc.asyncProperty(changes, fc.array(fc.nat(), { minLength: 3, maxLength: 3 }), async (wanted, keys) => {
        const one = { ...table, id: randomUUID() }
        const apply = ({ privilege, add }: { privilege: Privilege; add: boolean }) =>
          auth.grants.change(
            one,
            [{ principal_id: ada.id, add: add ? [privilege] : [], remove: add ? [] : [privilege] }],
            LOCAL_OWNER,
          )
        const shuffled = [...wanted].sort((a, b) => keys[wanted.indexOf(a)]! - keys[wanted.indexOf(b)]!)
        await Promise.all([...wanted, ...shuffled].map(apply))
        const left = (await auth.grants.onChain([one])).map((grant) => grant.privilege)
        expect(left).toEqual(
          wanted
            .filter((change) => change.add)
            .map((change) => change.privilege)
            .sort(),
        )
      }),
      { numRuns: 20 },
    )
  })

  test('are removed only with their own securable', async () => {
    const [metastore] = METASTORE
    await auth.grants.change(
      metastore,
      [{ principal_id: ada.id, add: ['READ AUDIT'], remove: [] }],
      LOCAL_OWNER,
    )
    await auth.db.transaction((tx) => removeSecurable(tx, 'table', table.id))
    expect(await grantNames()).toEqual([])
    expect(await auth.grants.onChain(METASTORE)).toHaveLength(1)
  })
})
