import { CompiledQuery, type RootOperationNode } from 'kysely'
import { expect, test } from 'vitest'
import { testAuth } from '../testing/auth.js'
import { databases } from '../testing/databases.js'
import { Invites } from './invites.js'
import { Tokens } from './tokens.js'

const [, sqlite] = databases[0]!
const before = [5, 'x'] as const

test.each<readonly [string, (tokens: Tokens, invites: Invites) => Promise<unknown>]>([
  ['tokens_by_time', (tokens) => tokens.list()],
  ['tokens_by_time', (tokens) => tokens.list({ before })],
  ['tokens_of_principal', (tokens) => tokens.list({ principalId: 'p' })],
  ['tokens_of_principal', (tokens) => tokens.list({ principalId: 'p', before })],
  ['invites_by_time', (_, invites) => invites.list(undefined, 10)],
  ['invites_by_time', (_, invites) => invites.list(before, 10)],
])('a list reads the index %s in its order', async (index, list) => {
  const auth = await testAuth(sqlite)
  const nodes: RootOperationNode[] = []
  const read = auth.db.read.withPlugin({
    transformQuery: ({ node }) => {
      nodes.push(node)
      return node
    },
    transformResult: async ({ result }) => result,
  })
  const watched = Object.create(auth.db.for(), { read: { value: read }, engine: { value: auth.db.engine } })
  await list(new Tokens(watched), new Invites(watched))
  const [node] = nodes
  const { sql, parameters } = auth.db.read.getExecutor().compileQuery(node!, { queryId: 'plan' })
  const explained = CompiledQuery.raw(`explain query plan ${sql}`, [...parameters])
  const { rows } = await auth.db.read.executeQuery<{ detail: string }>(explained)
  const plan = rows.map(({ detail }) => detail).join('; ')
  expect(plan).toMatch(new RegExp(`^(SCAN|SEARCH) \\w+ USING INDEX ${index}\\b`))
  expect(plan).not.toContain('TEMP B-TREE')
  await auth.close()
})
