import { randomUUID } from 'node:crypto'
import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { Principal } from '@cairn/platform/auth/principal'
import { invalid } from '@cairn/platform/errors'
import type { FastifyRequest } from 'fastify'
import { tableKey } from '../securables/blob-keys.js'
import { externalLocation } from '../securables/location.js'
import type { StoreAddresses } from '../securables/store-addresses.js'
import type { TableLocation, TableStore } from './store.js'

export interface LocationOptions {
  readonly authorizer: Authorizer
  readonly addresses: StoreAddresses
  readonly tables: TableStore
}

export function newLocation(): TableLocation {
  const id = randomUUID()
  return { id, location: tableKey(id) }
}

/** Returns a new location, or the location that the same principal staged. */
export async function managedLocation(
  { addresses, tables }: LocationOptions,
  schemaId: string,
  location: string | undefined,
  principal: Principal,
): Promise<TableLocation> {
  if (!location) return newLocation()
  const staged = await tables.findStaged(schemaId, addresses.location(location), principal)
  if (!staged)
    throw invalid(
      'Invalid storage_location: for a managed table, pass the staging_location of a staging table that you created, or leave it out.',
    )
  return { id: staged.id, location: staged.staging_location, staged: true }
}

/** External tables expose arbitrary storage, so they require MANAGE on the metastore. */
export async function externalTableLocation(
  { authorizer, addresses }: LocationOptions,
  location: string | undefined,
  request: FastifyRequest,
): Promise<TableLocation> {
  if (!location) throw invalid('Missing storage_location: an external table needs one.')
  await request.authorize('MANAGE', authorizer.metastore)
  return { id: randomUUID(), location: externalLocation(location, addresses.reserved) }
}
