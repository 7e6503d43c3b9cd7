import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import type { AuthSchema } from '@cairn/platform/auth/schema'
import { enterSecurable } from '@cairn/platform/auth/securables'
import { ApproveAccessRequest, RequestAccess } from '@cairn/platform/protocol/cairn/access-requests'
import type { Privilege } from '@cairn/platform/protocol/privileges'
import { databases } from '@cairn/platform/testing/databases'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Actor, failure, type TestCatalog, testCatalog } from '../testing/catalog.js'

const OBJECT = { type: 'experiment', id: '1', name: '/e', owner: LOCAL_OWNER.id } as const

describe.each(databases)('an approval on %s', (_, database) => {
  let server: TestCatalog
  let bob: Actor
  beforeEach(async () => {
    server = await testCatalog(database, { defaults: { experiment: ['READ EXPERIMENTS'] } })
    bob = await server.actor('user', 'bob')
    await server.context.db
      .for<AuthSchema>()
      .transaction((tx) => enterSecurable(tx, { ...OBJECT, created_at: 1 }))
  })
  afterEach(() => server.close())

  const deny = (principal_id: string) =>
    server.context.grants.change(OBJECT, [{ principal_id, add: ['DENY'], remove: [] }], LOCAL_OWNER)
  const approve = async (privilege: Privilege) => {
    const object = { securable_type: 'experiment', full_name: '1' }
    const { id } = await bob.as(RequestAccess, { ...object, privileges: [privilege] })
    return server.owner(ApproveAccessRequest, { id })
  }
  const granted = async () =>
    (await server.context.grants.onChain([OBJECT])).map(({ principal, privilege }) => [principal, privilege])

  test('ends a denial of the requester', async () => {
    await deny(bob.principal.id)
    expect((await approve('EDIT EXPERIMENTS')).granted).toEqual(['EDIT EXPERIMENTS'])
    expect(await granted()).toEqual([['bob', 'EDIT EXPERIMENTS']])
  })

  test('keeps what the requester had by default', async () => {
    expect((await approve('EDIT EXPERIMENTS')).granted).toEqual(['EDIT EXPERIMENTS'])
    expect(await granted()).toEqual([
      ['bob', 'EDIT EXPERIMENTS'],
      ['bob', 'READ EXPERIMENTS'],
    ])
  })

  test('is refused where a group of the requester is denied', async () => {
    const { identities } = server.context
    const team = await identities.create('group', 'team')
    await identities.addMember(team.id, bob.principal.id)
    await deny(team.id)
    expect(await failure(approve('EDIT EXPERIMENTS'))).toMatchObject({
      ...{ code: 'INVALID_STATE', message: expect.stringContaining("denied to the group 'team' of 'bob'") },
    })
    expect(await granted()).toEqual([['team', 'DENY']])
  })
})
