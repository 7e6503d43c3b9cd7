import type { Db, Transaction } from '@cairn/platform/db/db'
import type { Columns } from '@cairn/platform/db/dialect'
import { invalid } from '@cairn/platform/errors'
import { sql } from 'kysely'
import type { BackupEnd, BackupHeader, BackupRecord, TableRows, TableStart } from './records.js'
import { migrateAll, rejectNewerVersion } from './schema.js'

/**
 * Loads a backup into an empty database: migrates it to the schema of the backup, inserts the rows in one transaction,
 * and applies the later migrations of this release.
 *
 * @throws INVALID_STATE for a newer schema, INVALID_PARAMETER_VALUE for records that do not fit it
 */
export async function loadTables(db: Db<unknown>, records: AsyncIterable<BackupRecord>): Promise<void> {
  const iterator = records[Symbol.asyncIterator]()
  const first = await iterator.next()
  const header = checkHeader(first.value)
  await migrateAll(db, header.schema)
  const known = await db.engine.snapshot(async ({ tables }) => tables)
  const columns = new Map(known.map((table) => [table.name, table.columns]))
  await db.transaction(async (tx) => {
    const loader = new TableLoader(db, tx, columns)
    for (let next = await iterator.next(); !next.done; next = await iterator.next())
      await loader.load(next.value)
    loader.finish()
  })
  await migrateAll(db)
}

class TableLoader {
  readonly #db: Db<unknown>
  readonly #tx: Transaction<unknown>
  readonly #columns: ReadonlyMap<string, Columns>
  readonly #counts: Record<string, number> = {}
  #table: TableStart | undefined
  #end: BackupEnd | undefined

  constructor(db: Db<unknown>, tx: Transaction<unknown>, columns: ReadonlyMap<string, Columns>) {
    this.#db = db
    this.#tx = tx
    this.#columns = columns
  }

  async load(record: BackupRecord): Promise<void> {
    if (record.kind === 'table') await this.#begin(record)
    else if (record.kind === 'rows') await this.#insert(record)
    else if (record.kind === 'end') this.#end = record
  }

  /** @throws INVALID_PARAMETER_VALUE when rows are missing */
  finish(): void {
    const expected = this.#end?.tables
    if (!expected || Object.entries(expected).some(([name, count]) => this.#counts[name] !== count))
      throw invalid('The backup is incomplete: rows are missing. Use another backup.')
  }

  async #begin(table: TableStart) {
    const known = this.#columns.get(table.name)
    const unknown = Object.keys(table.columns).find((name) => known?.[name] === undefined)
    if (!known || unknown)
      throw invalid(
        `The backup has the ${unknown ? `column ${table.name}.${unknown}` : `table ${table.name}`}, which its schema version does not have.`,
      )
    await sql`delete from ${sql.table(table.name)}`.execute(this.#tx) // Rows inserted by migrations.
    this.#table = table
    this.#counts[table.name] = 0
  }

  async #insert({ rows }: TableRows) {
    const { name, columns } = this.#table!
    const names = Object.keys(columns)
    const objects = rows.map((row) => Object.fromEntries(names.map((column, i) => [column, row[i]])))
    const list = sql.join(names.map((column) => sql.ref(column)))
    const source = this.#db.dialect.rows(objects, this.#columns.get(name)!)
    const rowsToInsert = sql`select ${list} from ${source} as given where true`
    await sql`insert into ${sql.table(name)} (${list}) ${rowsToInsert}`.execute(this.#tx)
    this.#counts[name]! += rows.length
  }
}

function checkHeader(record: BackupRecord | undefined): BackupHeader {
  if (record?.kind !== 'header' || record.format !== 1)
    throw invalid('This is not a portable backup in format 1.')
  rejectNewerVersion(record.schema)
  return record
}
