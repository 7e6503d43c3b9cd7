import { randomUUID } from 'node:crypto'
import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { Principal } from '@cairn/platform/auth/principal'
import type { Blobs } from '@cairn/platform/blobs/blobs'
import { withoutTrailingSlashes } from '@cairn/platform/blobs/path'
import { invalid } from '@cairn/platform/errors'
import type { FastifyRequest } from 'fastify'
import { tableKey } from '../securables/blob-keys.js'
import { externalLocation } from '../securables/location.js'
import type { TableLocation, TableStore } from './store.js'

export interface LocationOptions {
  readonly authorizer: Authorizer
  readonly blobs: Blobs
  readonly tables: TableStore
}

export function newLocation(blobs: Blobs): TableLocation {
  const id = randomUUID()
  return { id, location: blobs.uri(tableKey(id)) }
}

/** A new location, or the one that the same principal staged. */
export async function managedLocation(
  { blobs, tables }: LocationOptions,
  schemaId: string,
  location: string | undefined,
  principal: Principal,
): Promise<TableLocation> {
  if (!location) return newLocation(blobs)
  const staged = await tables.findStaged(schemaId, withoutTrailingSlashes(location), principal)
  if (!staged)
    throw invalid(
      'Invalid storage_location: for a managed table, pass the staging_location of a staging table that you created, or leave it out.',
    )
  return { id: staged.id, location: staged.staging_location, staged: true }
}

/** External tables expose arbitrary storage, so they require MANAGE on the metastore. */
export async function externalTableLocation(
  { authorizer, blobs }: LocationOptions,
  location: string | undefined,
  request: FastifyRequest,
): Promise<TableLocation> {
  if (!location) throw invalid('Missing storage_location: an external table needs one.')
  await request.authorize('MANAGE', authorizer.metastore)
  return { id: randomUUID(), location: externalLocation(location, blobs.uri('')) }
}
