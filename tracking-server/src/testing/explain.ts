import { Db } from '@cairn/platform/db/db'
import { CompiledQuery, type KyselyPlugin, type RootOperationNode } from 'kysely'

/** Returns the lines of SQLite's query plans for the queries of `work`. */
export async function explain<Schema>(
  db: Db<Schema>,
  work: (recorded: Db<Schema>) => Promise<unknown>,
): Promise<string[]> {
  const nodes: RootOperationNode[] = []
  const recorder: KyselyPlugin = {
    transformQuery: ({ node }) => {
      nodes.push(node)
      return node
    },
    transformResult: async ({ result }) => result,
  }
  const read = db.read.withPlugin(recorder)
  await work(new Db<Schema>({ ...db.engine, read, reading: (reads) => reads(read) }))
  const plans = nodes.map((node) => {
    const { sql, parameters } = db.read.getExecutor().compileQuery(node, { queryId: 'explain' })
    return db.read.executeQuery<{ detail: string }>(
      CompiledQuery.raw(`explain query plan ${sql}`, [...parameters]),
    )
  })
  return (await Promise.all(plans)).flatMap(({ rows }) => rows.map(({ detail }) => detail))
}
