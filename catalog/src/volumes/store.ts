import { randomUUID } from 'node:crypto'
import type { Caller, Principal } from '@cairn/platform/auth/principal'
import { removeSecurable } from '@cairn/platform/auth/securables'
import { withoutNulls } from '@cairn/platform/collections/without-nulls'
import { claimName } from '@cairn/platform/db/claim-name'
import type { Db } from '@cairn/platform/db/db'
import { ApiError } from '@cairn/platform/errors'
import type { VolumeInfo } from '@cairn/platform/protocol/unity/volumes'
import type { CatalogSchema, VolumeRow } from '../schema.js'
import {
  changedBy,
  createdBy,
  type OwnerColumns,
  ownerName,
  type SecurableUpdate,
} from '../securables/authorship.js'
import { volumeKey } from '../securables/blob-keys.js'
import { lockSchema } from '../securables/container-lock.js'
import { enterObject, updateEntry } from '../securables/entries.js'
import type { StoreAddresses } from '../securables/store-addresses.js'

/** A volume with the names of its parents and its owner. */
export type NamedVolumeRow = VolumeRow &
  OwnerColumns & { readonly catalog_name: string; readonly schema_name: string }

export interface NewVolume {
  readonly name: string
  readonly volume_type: VolumeRow['volume_type']
  readonly comment?: string
}

const taken = (name: string | undefined) => (cause: unknown) =>
  new ApiError('RESOURCE_ALREADY_EXISTS', `Volume already exists: ${name}`, { cause })

/** Stores volumes, without their files. */
export class VolumeStore {
  readonly #db: Db<CatalogSchema>
  readonly #now: () => number

  constructor(db: Db<CatalogSchema>, now: () => number) {
    this.#db = db
    this.#now = now
  }

  /** @param locationOf returns the storage location for the id of the new volume */
  async create(
    schemaId: string,
    { name, volume_type, comment }: NewVolume,
    locationOf: (id: string) => string,
    by: Principal,
  ): Promise<NamedVolumeRow> {
    const volume_id = randomUUID()
    const now = this.#now()
    const row: VolumeRow = {
      volume_id,
      schema_id: schemaId,
      name,
      volume_type,
      storage_location: locationOf(volume_id),
      comment: comment || null,
      ...createdBy(by, now),
    }
    await claimName(this.#db, taken(name), async (tx) => {
      await lockSchema(tx, this.#db.dialect, schemaId)
      await tx.insertInto('volumes').values(row).execute()
      await enterObject(tx, { type: 'volume', id: volume_id, parent_id: schemaId, name }, by, now)
    })
    return this.get(volume_id)
  }

  async get(id: string): Promise<NamedVolumeRow> {
    return this.#rows()
      .where('volumes.volume_id', '=', id)
      .executeTakeFirstOrThrow(() => new ApiError('NOT_FOUND', 'The volume was deleted meanwhile.'))
  }

  list(schemaId: string, after: string | undefined, limit: number): Promise<NamedVolumeRow[]> {
    return this.#rows()
      .where('volumes.schema_id', '=', schemaId)
      .$if(after !== undefined, (query) => query.where('volumes.name', '>', after!))
      .orderBy('volumes.name')
      .limit(limit)
      .execute()
  }

  /** Finds a volume at one of the locations. @returns its id */
  async findAt(locations: readonly string[]): Promise<string | undefined> {
    const row = await this.#db.read
      .selectFrom('volumes')
      .select('volume_id')
      .where('storage_location', 'in', locations)
      .executeTakeFirst()
    return row?.volume_id
  }

  async update(id: string, change: SecurableUpdate, by: Principal): Promise<NamedVolumeRow> {
    const set = changedBy(change, by, this.#now())
    await claimName(this.#db, taken(change.new_name), async (tx) => {
      await tx.updateTable('volumes').set(set).where('volume_id', '=', id).execute()
      await updateEntry(tx, 'volume', id, change)
    })
    return this.get(id)
  }

  /** @returns the blob keys to delete */
  delete(id: string): Promise<string[]> {
    return this.#db.transaction(async (tx) => {
      const deleted = await tx
        .deleteFrom('volumes')
        .where('volume_id', '=', id)
        .returning('volume_type')
        .execute()
      await removeSecurable(tx, 'volume', id)
      return deleted.some((row) => row.volume_type === 'MANAGED') ? [volumeKey(id)] : []
    })
  }

  #rows() {
    return this.#db.read
      .selectFrom('volumes')
      .innerJoin('schemas', 'schemas.schema_id', 'volumes.schema_id')
      .innerJoin('catalogs', 'catalogs.id', 'schemas.catalog_id')
      .innerJoin('securables as entry', (join) =>
        join.onRef('entry.id', '=', 'volumes.volume_id').on('entry.type', '=', 'volume'),
      )
      .leftJoin('principals', 'principals.id', 'entry.owner')
      .selectAll('volumes')
      .select(['catalogs.name as catalog_name', 'schemas.name as schema_name'])
      .select(['entry.owner', 'principals.name as owner_name'])
  }
}

/** A volume in Unity Catalog's format, as the caller reaches it. */
export const volumeInfo = (row: NamedVolumeRow, addresses: StoreAddresses, caller: Caller): VolumeInfo => {
  const { owner_name: _, schema_id: __, ...wire } = row
  return {
    ...withoutNulls(wire), // Rust clients accept a missing string but not null
    full_name: `${row.catalog_name}.${row.schema_name}.${row.name}`,
    storage_location: addresses.uri(row.storage_location, caller),
    owner: ownerName(row),
    metastore_id: 'metastore',
  }
}
