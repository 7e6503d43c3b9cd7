import { randomUUID } from 'node:crypto'
import type { Principal } from '@cairn/platform/auth/principal'
import { removeSecurable } from '@cairn/platform/auth/securables'
import { withoutNulls } from '@cairn/platform/collections/without-nulls'
import { claimName } from '@cairn/platform/db/claim-name'
import type { Db } from '@cairn/platform/db/db'
import { ApiError } from '@cairn/platform/errors'
import type { CatalogInfo } from '@cairn/platform/protocol/unity/catalogs'
import type { CatalogRow, CatalogSchema } from '../schema.js'
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
import { removeSchema } from '../securables/remove-schema.js'

export type NamedCatalogRow = CatalogRow & OwnerColumns

export interface NewCatalog {
  readonly name: string
  readonly comment?: string
  readonly properties?: Readonly<Record<string, string>>
}

const taken = (name: string | undefined) => (cause: unknown) =>
  new ApiError('CATALOG_ALREADY_EXISTS', `Catalog already exists: ${name}`, { cause })

export class CatalogStore {
  readonly #db: Db<CatalogSchema>
  readonly #now: () => number

  constructor(db: Db<CatalogSchema>, now: () => number) {
    this.#db = db
    this.#now = now
  }

  async create({ name, comment, properties = {} }: NewCatalog, by: Principal): Promise<NamedCatalogRow> {
    const id = randomUUID()
    const row = { id, name, comment: comment || null, properties: JSON.stringify(properties) }
    const now = this.#now()
    await claimName(this.#db, taken(name), async (tx) => {
      await tx
        .insertInto('catalogs')
        .values({ ...row, ...createdBy(by, now) })
        .execute()
      await enterObject(tx, { type: 'catalog', id, name }, by, now)
    })
    return this.get(id)
  }

  async get(id: string): Promise<NamedCatalogRow> {
    return this.#rows()
      .where('catalogs.id', '=', id)
      .executeTakeFirstOrThrow(() => new ApiError('CATALOG_NOT_FOUND', 'The catalog was deleted meanwhile.'))
  }

  list(after: string | undefined, limit: number): Promise<NamedCatalogRow[]> {
    return this.#rows()
      .$if(after !== undefined, (query) => query.where('catalogs.name', '>', after!))
      .orderBy('catalogs.name')
      .limit(limit)
      .execute()
  }

  async update(id: string, change: SecurableUpdate, by: Principal): Promise<NamedCatalogRow> {
    const set = { ...changedBy(change, by, this.#now()), ...changedProperties(change) }
    await claimName(this.#db, taken(change.new_name), async (tx) => {
      await tx.updateTable('catalogs').set(set).where('id', '=', id).execute()
      await updateEntry(tx, 'catalog', id, change)
    })
    return this.get(id)
  }

  /** @returns the blob keys to delete. @throws FAILED_PRECONDITION when it has schemas and `force` is false */
  delete(id: string, force: boolean): Promise<string[]> {
    return this.#db.transaction(async (tx) => {
      await lockContainer(tx, this.#db.dialect, id)
      const schemas = await tx
        .selectFrom('schemas')
        .select('schema_id')
        .where('catalog_id', '=', id)
        .execute()
      if (schemas.length > 0 && !force)
        throw new ApiError(
          'FAILED_PRECONDITION',
          'The catalog is not empty: delete its schemas first, or pass force=true.',
        )
      const keys: string[] = []
      for (const { schema_id } of schemas) keys.push(...(await removeSchema(tx, this.#db.dialect, schema_id)))
      await tx.deleteFrom('catalogs').where('id', '=', id).execute()
      await removeSecurable(tx, 'catalog', id)
      return keys
    })
  }

  #rows() {
    return this.#db.read
      .selectFrom('catalogs')
      .innerJoin('securables as entry', (join) =>
        join.onRef('entry.id', '=', 'catalogs.id').on('entry.type', '=', 'catalog'),
      )
      .leftJoin('principals', 'principals.id', 'entry.owner')
      .selectAll('catalogs')
      .select(['entry.owner', 'principals.name as owner_name'])
  }
}

export const catalogInfo = (row: NamedCatalogRow): CatalogInfo => {
  const { owner_name: _, ...wire } = row
  return {
    ...withoutNulls(wire), // Rust clients accept a missing string but not null
    full_name: row.name,
    properties: JSON.parse(row.properties),
    owner: ownerName(row),
    metastore_id: 'metastore',
    catalog_type: 'MANAGED_CATALOG',
  }
}
