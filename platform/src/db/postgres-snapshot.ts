import type pg from 'pg'
import type { Snapshot, SnapshotTable } from './db.js'
import { columnsOf, quotedName, SNAPSHOT_ROWS, selection } from './snapshot-columns.js'

const TABLES = `select c.relname as table_name, a.attname as name, format_type(a.atttypid, a.atttypmod) as type
  from pg_class c join pg_attribute a on a.attrelid = c.oid
  where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
  order by c.oid, a.attnum`

/** Runs `work` in one transaction that sees what was committed at its start. Releases the connection. */
export async function readSnapshot<T>(
  client: pg.PoolClient,
  work: (snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  try {
    await client.query('begin isolation level repeatable read read only')
    const result = await work({
      tables: await tablesOf(client),
      rows: (table) => rowsOf(client, table),
    })
    await client.query('commit')
    client.release()
    return result
  } catch (error) {
    client.release(true) // closing the connection cancels the running statement
    throw error
  }
}

async function tablesOf(client: pg.PoolClient): Promise<SnapshotTable[]> {
  const { rows } = await client.query<{ table_name: string; name: string; type: string }>(TABLES)
  const names = [...new Set(rows.map((row) => row.table_name))]
  return names.map((name) => ({
    name,
    columns: columnsOf(
      name,
      rows.filter((row) => row.table_name === name),
    ),
  }))
}

async function* rowsOf(client: pg.PoolClient, { name, columns }: SnapshotTable) {
  await client.query(
    `declare rows no scroll cursor for select ${selection(columns)} from ${quotedName(name)}`,
  )
  for (;;) {
    const { rows } = await client.query<Record<string, unknown>>(`fetch ${SNAPSHOT_ROWS} from rows`)
    if (rows.length > 0) yield rows
    if (rows.length < SNAPSHOT_ROWS) break
  }
  await client.query('close rows')
}
