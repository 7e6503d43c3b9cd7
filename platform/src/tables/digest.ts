import { createHash } from 'node:crypto'
import type { DuckDBConnection } from '@duckdb/node-api'
import type { DeltaField } from './columns.js'
import { sqlName } from './duckdb.js'

/**
 * Returns a digest of the rows of `relation` that does not depend on order, files and compression: 32 hex digits of SHA-256
 * over the columns, the row count and the sum of the low 64 bits of each row's MD5.
 */
export async function contentDigest(
  connection: DuckDBConnection,
  relation: string,
  fields: readonly DeltaField[],
): Promise<{ rows: number; digest: string }> {
  const entries = fields.map(({ name }, i) => `c${i} := ${sqlName(name)}`).join(', ')
  const row = `md5_number_lower(to_json(struct_pack(${entries}))::varchar)`
  const result = await connection.run(
    `select count(*)::varchar as n, coalesce(sum(${row}), 0)::varchar as total from ${relation}`,
  )
  const [{ n = '0', total = '0' } = {}] = (await result.getRowObjectsJS()) as { n?: string; total?: string }[]
  const columns = fields.map(({ name, type }) => [name, type])
  const digest = createHash('sha256')
    .update(JSON.stringify([columns, n, total]))
    .digest('hex')
    .slice(0, 32)
  return { rows: Number(n), digest }
}
