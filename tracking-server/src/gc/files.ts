import type { ArtifactLocations, BlobLocation } from '@cairn/platform/blobs/artifact-locations'
import { ApiError } from '@cairn/platform/errors'
import type { ExpiredItem } from './expired.js'

export interface StoredFiles {
  readonly files: number
  readonly bytes: number
  /** Modification time of the newest file, in milliseconds since the epoch. */
  readonly newest: number
  remove(): Promise<void>
}

export const NO_FILES: StoredFiles = { files: 0, bytes: 0, newest: 0, remove: async () => {} }

/** @returns the files of an item, or a sentence that explains why they must not be removed */
export async function findOwnFiles(
  locations: ArtifactLocations,
  { id, location }: ExpiredItem,
): Promise<StoredFiles | string> {
  if (location === '') return NO_FILES
  // Imported items may refer to any folder. A folder whose path contains the id belongs to the item alone.
  if (!location.split('/').includes(id)) return `its location may contain files of others: ${location}`
  try {
    return await findFiles(await locations.resolve(location))
  } catch (error) {
    if (!(error instanceof ApiError) || error.statusCode >= 500) throw error
    return `this server has no access to its location: ${location}`
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
