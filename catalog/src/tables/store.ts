import type { Principal } from '@cairn/platform/auth/principal'
import { removeSecurable } from '@cairn/platform/auth/securables'
import { claimName } from '@cairn/platform/db/claim-name'
import type { Db, Transaction } from '@cairn/platform/db/db'
import { ApiError, invalid } from '@cairn/platform/errors'
import type { ColumnInfo } from '@cairn/platform/protocol/unity/tables'
import type { CatalogSchema, StagingTableRow, TableRow } from '../schema.js'
import {
  changedBy,
  changedProperties,
  createdBy,
  type OwnerColumns,
  type SecurableUpdate,
} from '../securables/authorship.js'
import { tableKey } from '../securables/blob-keys.js'
import { lockSchema } from '../securables/container-lock.js'
import { enterObject, updateEntry } from '../securables/entries.js'

/** A table with the names of its parents and its owner. */
export type NamedTableRow = TableRow &
  OwnerColumns & { readonly catalog_name: string; readonly schema_name: string }

export interface NewTable {
  readonly name: string
  readonly table_type: TableRow['table_type']
  readonly data_source_format: TableRow['data_source_format']
  readonly columns: readonly ColumnInfo[]
  readonly comment?: string
  readonly properties?: Readonly<Record<string, string>>
}

export type TableChange = SecurableUpdate & { readonly columns?: readonly ColumnInfo[] }

/** The id of a table with the location that belongs to it. */
export interface TableLocation {
  readonly id: string
  readonly location: string
  /** True if the id was reserved by `stage`. */
  readonly staged?: boolean
}

const taken = (name: string | undefined) => (cause: unknown) =>
  new ApiError('TABLE_ALREADY_EXISTS', `Table already exists: ${name}`, { cause })

/** Stores tables, and staged tables: locations reserved for a client that writes files before it creates the table. */
export class TableStore {
  readonly #db: Db<CatalogSchema>
  readonly #now: () => number

  constructor(db: Db<CatalogSchema>, now: () => number) {
    this.#db = db
    this.#now = now
  }

  async stage(schemaId: string, name: string, table: TableLocation, by: Principal): Promise<StagingTableRow> {
    const { id, location: staging_location } = table
    const row = { id, schema_id: schemaId, name, staging_location, owner: by.id, created_at: this.#now() }
    await this.#db.transaction(async (tx) => {
      await lockSchema(tx, this.#db.dialect, schemaId)
      await tx.insertInto('staging_tables').values(row).execute()
    })
    return row
  }

  findStaged(schemaId: string, location: string, by: Principal): Promise<StagingTableRow | undefined> {
    return this.#db.read
      .selectFrom('staging_tables')
      .selectAll()
      .where('staging_location', '=', location)
      .where('schema_id', '=', schemaId)
      .where('owner', '=', by.id)
      .executeTakeFirst()
  }

  async create(
    schemaId: string,
    input: NewTable,
    { id, location, staged = false }: TableLocation,
    by: Principal,
  ): Promise<NamedTableRow> {
    const { name, table_type, data_source_format, columns, comment, properties = {} } = input
    const now = this.#now()
    const row: TableRow = {
      table_id: id,
      schema_id: schemaId,
      name,
      table_type,
      data_source_format,
      columns: JSON.stringify(columns),
      storage_location: location,
      comment: comment || null,
      properties: JSON.stringify(properties),
      ...createdBy(by, now),
    }
    await claimName(this.#db, taken(name), async (tx) => {
      await lockSchema(tx, this.#db.dialect, schemaId)
      if (staged) await consumeStaged(tx, id)
      await tx.insertInto('tables').values(row).execute()
      await enterObject(tx, { type: 'table', id, parent_id: schemaId, name }, by, now)
    })
    return this.get(id)
  }

  async get(id: string): Promise<NamedTableRow> {
    return this.#rows()
      .where('tables.table_id', '=', id)
      .executeTakeFirstOrThrow(() => new ApiError('TABLE_NOT_FOUND', 'The table was deleted meanwhile.'))
  }

  /** Returns the storage location of a table or a staged table. */
  async location(id: string): Promise<string> {
    const staged = await this.#db.read
      .selectFrom('staging_tables')
      .select('staging_location')
      .where('id', '=', id)
      .executeTakeFirst()
    return staged?.staging_location ?? (await this.get(id)).storage_location
  }

  list(schemaId: string, after: string | undefined, limit: number): Promise<NamedTableRow[]> {
    return this.#rows()
      .where('tables.schema_id', '=', schemaId)
      .$if(after !== undefined, (query) => query.where('tables.name', '>', after!))
      .orderBy('tables.name')
      .limit(limit)
      .execute()
  }

  /** Lists across all schemas of a catalog; `after` is `schema.table`, patterns are SQL's LIKE. */
  listOfCatalog(
    catalogId: string,
    patterns: { readonly schema: string; readonly table: string },
    after: string | undefined,
    limit: number,
  ): Promise<(NamedTableRow & { schema_owner: string })[]> {
    const [schema = '', table = ''] = after?.split('.') ?? []
    return this.#rows()
      .innerJoin('securables as schema_entry', (join) =>
        join.onRef('schema_entry.id', '=', 'schemas.schema_id').on('schema_entry.type', '=', 'schema'),
      )
      .select('schema_entry.owner as schema_owner')
      .where('schemas.catalog_id', '=', catalogId)
      .where('schemas.name', 'like', patterns.schema)
      .where('tables.name', 'like', patterns.table)
      .$if(after !== undefined, (query) =>
        query.where((eb) =>
          eb.or([
            eb('schemas.name', '>', schema),
            eb.and([eb('schemas.name', '=', schema), eb('tables.name', '>', table)]),
          ]),
        ),
      )
      .orderBy('schemas.name')
      .orderBy('tables.name')
      .limit(limit)
      .execute()
  }

  /** Finds a table at one of the locations. @returns its id */
  async findAt(locations: readonly string[]): Promise<string | undefined> {
    const row = await this.#db.read
      .selectFrom('tables')
      .select('table_id')
      .where('storage_location', 'in', locations)
      .executeTakeFirst()
    return row?.table_id
  }

  async update(id: string, change: TableChange, by: Principal): Promise<NamedTableRow> {
    const set = {
      ...changedBy(change, by, this.#now()),
      ...changedProperties(change),
      ...(change.columns && { columns: JSON.stringify(change.columns) }),
    }
    await claimName(this.#db, taken(change.new_name), async (tx) => {
      await tx.updateTable('tables').set(set).where('table_id', '=', id).execute()
      await updateEntry(tx, 'table', id, change)
    })
    return this.get(id)
  }

  /** @returns the blob keys to delete */
  delete(id: string): Promise<string[]> {
    return this.#db.transaction(async (tx) => {
      const deleted = await tx
        .deleteFrom('tables')
        .where('table_id', '=', id)
        .returning('table_type')
        .execute()
      await removeSecurable(tx, 'table', id)
      return deleted.some((row) => row.table_type === 'MANAGED') ? [tableKey(id)] : []
    })
  }

  #rows() {
    return this.#db.read
      .selectFrom('tables')
      .innerJoin('schemas', 'schemas.schema_id', 'tables.schema_id')
      .innerJoin('catalogs', 'catalogs.id', 'schemas.catalog_id')
      .innerJoin('securables as entry', (join) =>
        join.onRef('entry.id', '=', 'tables.table_id').on('entry.type', '=', 'table'),
      )
      .leftJoin('principals', 'principals.id', 'entry.owner')
      .selectAll('tables')
      .select(['catalogs.name as catalog_name', 'schemas.name as schema_name'])
      .select(['entry.owner', 'principals.name as owner_name'])
  }
}

async function consumeStaged(tx: Transaction<CatalogSchema>, id: string) {
  const { numDeletedRows } = await tx
    .deleteFrom('staging_tables')
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  if (numDeletedRows === 0n)
    throw invalid('Invalid storage_location: its staging table has already been used.')
}
