import { randomUUID } from 'node:crypto'
import type { Principal } from '@cairn/platform/auth/principal'
import { withoutNulls } from '@cairn/platform/collections/without-nulls'
import { claimName } from '@cairn/platform/db/claim-name'
import type { Db } from '@cairn/platform/db/db'
import { ApiError } from '@cairn/platform/errors'
import type { SchemaInfo } from '@cairn/platform/protocol/unity/schemas'
import type { CatalogSchema, SchemaRow } from '../schema.js'
import {
  changedBy,
  changedProperties,
  createdBy,
  type OwnerColumns,
  ownerName,
  type SecurableUpdate,
} from '../securables/authorship.js'
import { lockContainer } from '../securables/container-lock.js'
import { enterObject, updateEntry } from '../securables/entries.js'
import { isEmptySchema, removeSchema } from '../securables/remove-schema.js'

export type NamedSchemaRow = SchemaRow & OwnerColumns & { readonly catalog_name: string }

export interface NewSchema {
  readonly name: string
  readonly comment?: string
  readonly properties?: Readonly<Record<string, string>>
}

const taken = (name: string | undefined) => (cause: unknown) =>
  new ApiError('SCHEMA_ALREADY_EXISTS', `Schema already exists: ${name}`, { cause })

export class SchemaStore {
  readonly #db: Db<CatalogSchema>
  readonly #now: () => number

  constructor(db: Db<CatalogSchema>, now: () => number) {
    this.#db = db
    this.#now = now
  }

  async create(catalogId: string, input: NewSchema, by: Principal): Promise<NamedSchemaRow> {
    const schema_id = randomUUID()
    const { name, comment, properties = {} } = input
    const row = { schema_id, catalog_id: catalogId, name, comment: comment || null }
    await claimName(this.#db, taken(name), async (tx) => {
      await lockContainer(tx, this.#db.dialect, catalogId)
      const parent = await tx
        .selectFrom('catalogs')
        .select('id')
        .where('id', '=', catalogId)
        .executeTakeFirst()
      if (!parent) throw new ApiError('CATALOG_NOT_FOUND', 'The catalog was deleted meanwhile.')
      const now = this.#now()
      const values = { ...row, properties: JSON.stringify(properties), ...createdBy(by, now) }
      await tx.insertInto('schemas').values(values).execute()
      await enterObject(tx, { type: 'schema', id: schema_id, parent_id: catalogId, name }, by, now)
    })
    return this.get(schema_id)
  }

  async get(id: string): Promise<NamedSchemaRow> {
    return this.#rows()
      .where('schemas.schema_id', '=', id)
      .executeTakeFirstOrThrow(() => new ApiError('SCHEMA_NOT_FOUND', 'The schema was deleted meanwhile.'))
  }

  list(catalogId: string, after: string | undefined, limit: number): Promise<NamedSchemaRow[]> {
    return this.#rows()
      .where('schemas.catalog_id', '=', catalogId)
      .$if(after !== undefined, (query) => query.where('schemas.name', '>', after!))
      .orderBy('schemas.name')
      .limit(limit)
      .execute()
  }

  async update(id: string, change: SecurableUpdate, by: Principal): Promise<NamedSchemaRow> {
    const set = { ...changedBy(change, by, this.#now()), ...changedProperties(change) }
    await claimName(this.#db, taken(change.new_name), async (tx) => {
      await tx.updateTable('schemas').set(set).where('schema_id', '=', id).execute()
      await updateEntry(tx, 'schema', id, change)
    })
    return this.get(id)
  }

  /** @returns the blob keys to delete. @throws FAILED_PRECONDITION when it is not empty and `force` is false */
  delete(id: string, force: boolean): Promise<string[]> {
    return this.#db.transaction(async (tx) => {
      await lockContainer(tx, this.#db.dialect, id)
      if (!force && !(await isEmptySchema(tx, id)))
        throw new ApiError(
          'FAILED_PRECONDITION',
          'The schema is not empty: delete its tables and volumes first, or pass force=true.',
        )
      return removeSchema(tx, this.#db.dialect, id)
    })
  }

  #rows() {
    return this.#db.read
      .selectFrom('schemas')
      .innerJoin('catalogs', 'catalogs.id', 'schemas.catalog_id')
      .innerJoin('securables as entry', (join) =>
        join.onRef('entry.id', '=', 'schemas.schema_id').on('entry.type', '=', 'schema'),
      )
      .leftJoin('principals', 'principals.id', 'entry.owner')
      .selectAll('schemas')
      .select(['catalogs.name as catalog_name', 'entry.owner', 'principals.name as owner_name'])
  }
}

export const schemaInfo = (row: NamedSchemaRow): SchemaInfo => {
  const { owner_name: _, catalog_id: __, ...wire } = row
  return {
    ...withoutNulls(wire), // Rust clients accept a missing string but not null
    full_name: `${row.catalog_name}.${row.name}`,
    properties: JSON.parse(row.properties),
    owner: ownerName(row),
    catalog_type: 'MANAGED_CATALOG',
    metastore_id: 'metastore',
  }
}
