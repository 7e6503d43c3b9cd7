import type { Db, SnapshotTable } from '@cairn/platform/db/db'
import type { ColumnType } from '@cairn/platform/db/dialect'
import { sql } from 'kysely'

const VALUES: Readonly<Record<ColumnType, (n: number) => unknown>> = {
  text: (n) => `${n}: "ü"\n日本`,
  bigint: (n) => String(9_007_199_254_740_993n + BigInt(n)), // Not representable as a double.
  'double precision': (n) => 0.1 * n,
  integer: (n) => n % 2,
}

/** In each table that may have more than one. */
export const ROWS = 3

/** Fills each empty table with the same few rows, with every column set. */
export async function fillTables(db: Db<unknown>): Promise<void> {
  const tables = await db.engine.snapshot(async ({ tables }) => tables)
  await db.transaction(async (tx) => {
    for (const { name, columns } of tables.filter((table) => table.name !== 'migrations')) {
      const { rows: known } = await sql`select 1 from ${sql.table(name)} limit 1`.execute(tx)
      if (known.length > 0) continue
      const names = Object.keys(columns)
      const rows = Array.from({ length: ROWS }, (_, n) =>
        Object.fromEntries(names.map((column) => [column, VALUES[columns[column]!](n + 1)])),
      )
      const list = sql.join(names.map((column) => sql.ref(column)))
      // Tables that may have only one row get the first.
      await sql`insert into ${sql.table(name)} (${list})
        select ${list} from ${db.dialect.rows(rows, columns)} as given where true on conflict do nothing`.execute(
        tx,
      )
    }
  })
}

/** The sorted rows of each table as JSON. @param only restricts the tables and columns */
export function contentsOf(
  db: Db<unknown>,
  only?: readonly SnapshotTable[],
): Promise<Record<string, string[]>> {
  return db.engine.snapshot(async (snapshot) => {
    const contents: Record<string, string[]> = {}
    for (const table of snapshot.tables) {
      const known = only ? only.find(({ name }) => name === table.name) : table
      if (table.name === 'migrations' || !known) continue
      const names = Object.keys(known.columns).filter((name) => name in table.columns)
      const lines: string[] = []
      for await (const rows of snapshot.rows(table))
        for (const row of rows) lines.push(JSON.stringify(names.map((name) => row[name])))
      contents[table.name] = lines.sort()
    }
    return contents
  })
}
