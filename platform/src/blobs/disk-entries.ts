import type { Dir } from 'node:fs'
import { lstat, opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { inBatches } from '../collections/in-batches.js'
import { sortInTurns } from '../collections/sort-in-turns.js'
import type { BlobInfo } from './blobs.js'
import { diskError, isAbsent } from './disk-errors.js'
import { byteOrder, INCOMING, nameOf } from './path.js'

/** A blob, or a folder without `info`. */
export interface Entry {
  readonly key: string
  readonly info?: BlobInfo
}

/** An entry of which only the name is known. */
interface Found {
  readonly name: string
  /** The name by which entries are compared. That of a folder ends in a slash. */
  readonly order: string
}

export interface EntryRange {
  /** The `order` that all entries follow. */
  readonly after?: string | undefined
  readonly limit?: number
}

/** The number of names that one turn reads from a folder. */
const READ_NAMES = 1000
const STATS_AT_ONCE = 64

/**
 * Reads the entries of a folder on the disk by name, without links and special files. In a folder with many entries, only the
 * files of the page are read, and other requests run in between.
 *
 * @param folder its path
 * @param prefix its key
 */
export async function readEntries(folder: string, prefix: string, range: EntryRange = {}): Promise<Entry[]> {
  const found = await findEntries(folder, prefix, range)
  const lookAtAll = (batch: readonly Found[]) => Promise.all(batch.map((one) => look(folder, prefix, one)))
  const entries = await inBatches(found, lookAtAll, STATS_AT_ONCE)
  return entries.filter((entry) => entry !== undefined)
}

const compared = (name: string, isFolder: boolean) => (isFolder ? `${name}/` : name)

/** Returns the text by which an entry is compared with the others of its folder. */
export const orderOf = ({ key, info }: Entry) => compared(nameOf(key), info === undefined)

async function findEntries(
  folder: string,
  prefix: string,
  { after, limit = Number.POSITIVE_INFINITY }: EntryRange,
) {
  let found: Found[] = []
  const least = () => sortInTurns(found, (a, b) => byteOrder(a.order, b.order))
  for await (const entry of (await openFolder(folder, prefix)) ?? []) {
    const isFolder = entry.isDirectory()
    if (!isFolder && !entry.isFile()) continue
    if (prefix === '' && entry.name === INCOMING) continue
    const order = compared(entry.name, isFolder)
    if (after !== undefined && byteOrder(order, after) <= 0) continue
    found.push({ name: entry.name, order })
    if (found.length >= 2 * limit + READ_NAMES) found = (await least()).slice(0, limit)
  }
  return (await least()).slice(0, limit)
}

function openFolder(folder: string, prefix: string): Promise<Dir | undefined> {
  return opendir(folder, { bufferSize: READ_NAMES }).catch((error) => {
    if (!isAbsent(error)) throw diskError(error, prefix)
    return undefined
  })
}

/** @returns undefined for a file that has vanished */
async function look(folder: string, prefix: string, { name, order }: Found): Promise<Entry | undefined> {
  const key = prefix ? `${prefix}/${name}` : name
  if (order !== name) return { key }
  const status = await lstat(join(folder, name)).catch(() => undefined)
  return status && { key, info: { key, size: status.size, modified: Math.trunc(status.mtimeMs) } }
}
