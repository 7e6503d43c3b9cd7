import type { Blobs } from '@cairn/platform/blobs/blobs'
import { DIRECTORY_MARKER, parseVolumePath } from '@cairn/platform/blobs/volume-path'
import { invalid } from '@cairn/platform/errors'
import type { Privilege } from '@cairn/platform/protocol/privileges'
import type { FastifyRequest } from 'fastify'
import type { Access } from '../securables/access.js'
import { volumeKey } from '../securables/blob-keys.js'
import type { VolumeStore } from '../volumes/store.js'

export interface VolumeFilesOptions {
  readonly access: Access
  readonly volumes: VolumeStore
  readonly blobs: Blobs
}

/** A file or a directory of a volume, which need not exist. */
export interface VolumeLocation {
  /** The key of the file's blob, or the prefix of the blobs in the directory. */
  readonly key: string
  /** The path as clients write it. */
  readonly path: string
  /** True if the location is the volume itself. */
  readonly isRoot: boolean
  /** The prefix of the directory that contains it; undefined for the volume and its entries. */
  readonly parent: string | undefined
}

/** Options of the routes that read files or directories of a volume. */
export const READ_ROUTE = {
  config: { right: { privilege: 'READ VOLUME', on: 'volume' } },
  schema: { hide: true },
} as const
/** Options of the routes that change files or directories of a volume. */
export const WRITE_ROUTE = {
  config: { right: { privilege: 'WRITE VOLUME', on: 'volume' } },
  schema: { hide: true },
} as const

/**
 * Requires the privilege on the volume, and returns the location that the path of a request names.
 *
 * @throws INVALID_PARAMETER_VALUE for a path outside managed volumes; PERMISSION_DENIED, NOT_FOUND as for other requests on volumes
 */
export async function locate(
  { access, volumes }: VolumeFilesOptions,
  request: FastifyRequest,
  privilege: Privilege,
): Promise<VolumeLocation> {
  const { volume, inside, text } = parseVolumePath((request.params as { '*': string })['*'])
  const { id } = await access.require(request, privilege, 'volume', volume)
  if ((await volumes.get(id)).volume_type !== 'MANAGED')
    throw invalid(`${volume} is an external volume: read and write its files at its storage_location.`)
  if (inside.split('/').includes(DIRECTORY_MARKER))
    throw invalid(`'${DIRECTORY_MARKER}' is a reserved name: use another.`)
  const isRoot = inside === ''
  const key = isRoot ? volumeKey(id) : `${volumeKey(id)}/${inside}`
  const parent = inside.includes('/') ? key.slice(0, key.lastIndexOf('/')) : undefined
  return { key, path: text, isRoot, parent }
}
