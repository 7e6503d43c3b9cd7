import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import type { AuthSchema } from '@cairn/platform/auth/schema'
import { enterSecurable } from '@cairn/platform/auth/securables'
import { ReviewObject, ReviewPrincipal } from '@cairn/platform/protocol/cairn/access-review'
import { databases } from '@cairn/platform/testing/databases'
import { expect, test } from 'vitest'
import { testCatalog } from '../testing/catalog.js'

test.each(databases)(
  'everybody has a default, with this reason, and denied principals have nothing on %s',
  async (_, database) => {
    const server = await testCatalog(database, { defaults: { experiment: ['READ EXPERIMENTS'] } })
    const { db, grants } = server.context
    const bob = await server.actor('user', 'bob')
    const cy = await server.actor('user', 'cy')
    const object = { type: 'experiment', id: '1', name: '/e', owner: LOCAL_OWNER.id } as const
    await db.for<AuthSchema>().transaction((tx) => enterSecurable(tx, { ...object, created_at: 1 }))
    const denial = { principal_id: cy.principal.id, add: ['DENY' as const], remove: [] }
    await grants.change(object, [denial], LOCAL_OWNER)
    const { entries } = await server.owner(ReviewObject, { securable_type: 'experiment', full_name: '1' })
    expect(entries.map(({ principal }) => principal)).toEqual(['account users', 'bob', 'owner'])
    const privileges = [
      {
        ...{ privilege: 'READ EXPERIMENTS', others: [] },
        basis: [
          {
            ...{ privilege: 'READ EXPERIMENTS', securable_type: 'experiment', securable: '/e' },
            ...{ holder: 'account users', groups: ['account users'], by_default: true },
          },
        ],
      },
    ]
    expect(entries[1]!.privileges).toEqual(privileges)
    expect((await bob.as(ReviewPrincipal, {})).entries).toMatchObject([{ full_name: '/e', privileges }])
    expect((await cy.as(ReviewPrincipal, {})).entries).toEqual([])
    await server.close()
  },
)
