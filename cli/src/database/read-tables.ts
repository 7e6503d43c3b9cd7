import type { Snapshot } from '@cairn/platform/db/db'
import type { BackupRecord } from './records.js'
import { schemaVersion } from './schema.js'

/** Reads a snapshot as records, without the table of migrations: a restore migrates the schema first. */
export async function* readTables(snapshot: Snapshot, now: number): AsyncGenerator<BackupRecord> {
  yield { kind: 'header', format: 1, created_at: now, schema: await schemaVersion(snapshot) }
  const counts: Record<string, number> = {}
  for (const table of snapshot.tables) {
    if (table.name === 'migrations') continue
    yield { kind: 'table', name: table.name, columns: table.columns }
    counts[table.name] = 0
    const names = Object.keys(table.columns)
    for await (const rows of snapshot.rows(table)) {
      counts[table.name]! += rows.length
      yield { kind: 'rows', rows: rows.map((row) => names.map((name) => row[name])) }
    }
  }
  yield { kind: 'end', tables: counts }
}
