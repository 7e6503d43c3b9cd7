import type { Db, Transaction } from '@cairn/platform/db/db'
import type { Columns } from '@cairn/platform/db/dialect'
import { invalid } from '@cairn/platform/errors'
import { sql } from 'kysely'
import type { BackupRecord, End, Header, Rows, TableStart } from './records.js'
import { migrateAll, refuseNewerVersion } from './schema.js'

/**
 * Fills an empty database with records: first the schema that they were written under, then the rows in one
 * transaction, then what this release adds to the schema.
 *
 * @throws INVALID_STATE for a newer schema, INVALID_PARAMETER_VALUE for records that do not fit it
 */
export async function loadTables(db: Db<unknown>, records: AsyncIterable<BackupRecord>): Promise<void> {
  const iterator = records[Symbol.asyncIterator]()
  const first = await iterator.next()
  const header = checkedHeader(first.value)
  await migrateAll(db, header.schema)
  const known = await db.engine.snapshot(async ({ tables }) => tables)
  const columns = new Map(known.map((table) => [table.name, table.columns]))
  await db.transaction(async (tx) => {
    const load = new Load(db, tx, columns)
    for (let next = await iterator.next(); !next.done; next = await iterator.next())
      await load.take(next.value)
    load.finish()
  })
  await migrateAll(db)
}

class Load {
  readonly #db: Db<unknown>
  readonly #tx: Transaction<unknown>
  readonly #columns: ReadonlyMap<string, Columns>
  readonly #counts: Record<string, number> = {}
  #table: TableStart | undefined
  #end: End | undefined

  constructor(db: Db<unknown>, tx: Transaction<unknown>, columns: ReadonlyMap<string, Columns>) {
    this.#db = db
    this.#tx = tx
    this.#columns = columns
  }

  async take(record: BackupRecord): Promise<void> {
    if (record.kind === 'table') await this.#begin(record)
    else if (record.kind === 'rows') await this.#insert(record)
    else if (record.kind === 'end') this.#end = record
  }

  /** @throws INVALID_PARAMETER_VALUE unless there were as many rows as the end says */
  finish(): void {
    const said = this.#end?.tables
    const differs = !said || Object.entries(said).some(([name, count]) => this.#counts[name] !== count)
    if (differs) throw invalid('The backup is not whole: it holds fewer rows than it says.')
  }

  async #begin(table: TableStart) {
    const known = this.#columns.get(table.name)
    const strange = Object.keys(table.columns).find((name) => known?.[name] === undefined)
    if (!known || strange)
      throw invalid(
        `The backup has ${strange ? `the column ${table.name}.${strange}` : `the table ${table.name}`}, which its own schema does not.`,
      )
    await sql`delete from ${sql.table(table.name)}`.execute(this.#tx) // what migrations have put there
    this.#table = table
    this.#counts[table.name] = 0
  }

  async #insert({ rows }: Rows) {
    const { name, columns } = this.#table!
    const names = Object.keys(columns)
    const objects = rows.map((row) => Object.fromEntries(names.map((column, i) => [column, row[i]])))
    const list = sql.join(names.map((column) => sql.ref(column)))
    const source = this.#db.dialect.rows(objects, this.#columns.get(name)!)
    const given = sql`select ${list} from ${source} as given where true`
    await sql`insert into ${sql.table(name)} (${list}) ${given}`.execute(this.#tx)
    this.#counts[name]! += rows.length
  }
}

function checkedHeader(record: BackupRecord | undefined): Header {
  if (record?.kind !== 'header' || record.format !== 1)
    throw invalid('This is no backup that this release reads.')
  refuseNewerVersion(record.schema)
  return record
}
