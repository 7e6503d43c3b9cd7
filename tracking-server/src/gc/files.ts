import type { ArtifactLocations, BlobLocation } from '@cairn/platform/blobs/artifact-locations'
import { ApiError } from '@cairn/platform/errors'
import type { ExpiredItem } from './expired.js'

export interface StoredFiles {
  readonly files: number
  readonly bytes: number
  /** When the newest of them was written, in milliseconds since the epoch. */
  readonly newest: number
  remove(): Promise<void>
}

export const NO_FILES: StoredFiles = { files: 0, bytes: 0, newest: 0, remove: async () => {} }

/** @returns why there is no telling, or no removing, in words */
export async function findOwnFiles(
  locations: ArtifactLocations,
  { id, location }: ExpiredItem,
): Promise<StoredFiles | string> {
  if (location === '') return NO_FILES
  // What was imported may name any folder; one that bears the id is the thing's own.
  if (!location.split('/').includes(id)) return `its files may not be its own: ${location}`
  try {
    return await findFiles(await locations.resolve(location))
  } catch (error) {
    if (!(error instanceof ApiError) || error.statusCode >= 500) throw error
    return `its files are where this server does not reach: ${location}`
  }
}

export async function findFiles({ blobs, key }: BlobLocation): Promise<StoredFiles> {
  let files = 0
  let bytes = 0
  let newest = 0
  for await (const { size, modified } of blobs.walk(key)) {
    files++
    bytes += size
    newest = Math.max(newest, modified)
  }
  return { files, bytes, newest, remove: () => (files > 0 ? blobs.delete(key) : Promise.resolve()) }
}
