import type { Blobs, PageRange } from '@cairn/platform/blobs/blobs'
import { directoryEntry } from '@cairn/platform/blobs/directory-entry'
import { hasEntries } from '@cairn/platform/blobs/has-entries'
import { DIRECTORY_MARKER } from '@cairn/platform/blobs/volume-path'
import { ApiError, invalid } from '@cairn/platform/errors'
import type { DirectoryEntry } from '@cairn/platform/protocol/databricks/volume-files'
import type { VolumeLocation } from './locate.js'

/** @returns the entries of a page by name. @throws RESOURCE_DOES_NOT_EXIST */
export async function listDirectory(
  blobs: Blobs,
  directory: VolumeLocation,
  range: PageRange,
): Promise<{ entries: DirectoryEntry[]; next?: string }> {
  const { path } = directory
  const { entries, next } = await blobs.listPage(directory.key, range)
  if (range.after === undefined && entries.length === 0) await requireDirectory(blobs, directory)
  const shown = entries.map((entry) => directoryEntry(path, entry))
  return {
    entries: shown.filter(({ name }) => name !== DIRECTORY_MARKER),
    ...(next !== undefined && { next }),
  }
}

/** Creates an empty directory unless it exists. @throws RESOURCE_CONFLICT for the path of a file */
export async function createDirectory(blobs: Blobs, { key, isRoot }: VolumeLocation): Promise<void> {
  if (isRoot) return
  if (!(await hasEntries(blobs, key))) await blobs.put(`${key}/${DIRECTORY_MARKER}`, new Uint8Array())
}

/** @throws INVALID_PARAMETER_VALUE for a directory with entries and for a volume, RESOURCE_DOES_NOT_EXIST */
export async function deleteDirectory(blobs: Blobs, directory: VolumeLocation): Promise<void> {
  if (directory.isRoot) throw invalid(`${directory.path} is a volume: delete the volume.`)
  await requireDirectory(blobs, directory)
  const marker = `${directory.key}/${DIRECTORY_MARKER}`
  for await (const { key } of blobs.walk(directory.key))
    if (key !== marker)
      throw invalid(`The directory ${directory.path} is not empty: delete its entries first.`)
  await blobs.delete(marker)
  await keepParent(blobs, directory)
}

/** Keeps the directory of a deleted entry when it is empty, as Databricks does: clients delete it in their next request. */
export async function keepParent(blobs: Blobs, { parent }: VolumeLocation): Promise<void> {
  if (parent === undefined || (await hasEntries(blobs, parent))) return
  await blobs.put(`${parent}/${DIRECTORY_MARKER}`, new Uint8Array())
}

/** @throws RESOURCE_DOES_NOT_EXIST */
export async function requireDirectory(blobs: Blobs, { key, path, isRoot }: VolumeLocation): Promise<void> {
  if (!isRoot && !(await hasEntries(blobs, key))) throw noSuchDirectory(path)
}

const noSuchDirectory = (path: string) =>
  new ApiError('RESOURCE_DOES_NOT_EXIST', `The directory ${path} does not exist.`)
