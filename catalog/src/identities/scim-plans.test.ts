import { databases } from '@cairn/platform/testing/databases'
import { CompiledQuery, type RootOperationNode } from 'kysely'
import { expect, test } from 'vitest'
import { testCatalog } from '../testing/catalog.js'
import { parseScimFilter } from './scim-filter.js'
import { searchPrincipals } from './scim-search.js'

const [, sqlite] = databases[0]!

test.each([
  ['userName eq "ada"', /INDEX principals_by_folded_name \(<expr>=\?\)/],
  ['userName sw "ad"', /INDEX principals_by_folded_name \(<expr>>\? AND <expr><\?\)/],
  ['displayName eq "Ada"', /INDEX principals_by_folded_display_name/],
  ['emails.value eq "ada@example.org"', /INDEX principals_by_folded_email/],
  ['externalId eq "7" and active eq true', /INDEX principals_by_folded_external_id/],
  ['externalId eq "7" or userName eq "ada"', /principals_by_folded_external_id.*principals_by_folded_name/],
  ['meta.lastModified gt "2026-11-30T00:00:00Z"', /INDEX principals_by_change/],
])('a search by %s reads an index', async (filter, index) => {
  const server = await testCatalog(sqlite)
  const { db, identities } = server.context
  const nodes: RootOperationNode[] = []
  const read = db.read.withPlugin({
    transformQuery: ({ node }) => {
      nodes.push(node)
      return node
    },
    transformResult: async ({ result }) => result,
  })
  const watched = Object.create(db.for(), { read: { value: read }, dialect: { value: db.dialect } })
  await searchPrincipals({ db: watched, identities }, 'user', parseScimFilter(filter), { by: 'display_name' })
  const plans: string[] = []
  for (const node of nodes) {
    const { sql, parameters } = db.read.getExecutor().compileQuery(node, { queryId: 'plan' })
    const { rows } = await db.read.executeQuery<{ detail: string }>(
      CompiledQuery.raw(`explain query plan ${sql}`, [...parameters]),
    )
    plans.push(rows.map(({ detail }) => detail).join('; '))
  }
  expect(plans).toHaveLength(2)
  expect(plans[0]).toMatch(index)
  expect(plans[1]).toContain('SEARCH principals USING INDEX sqlite_autoindex_principals_1 (id=?)')
  expect(plans.join()).not.toContain('SCAN principals')
  await server.close()
})
