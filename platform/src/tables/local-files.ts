import { createHash, randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Blobs } from '../blobs/blobs.js'

const GIBIBYTE = 1024 ** 3
/** The time after its last use for which a file may be open in a query. */
const IN_USE_MS = 600_000
const AT_ONCE = 4

let folder = join(tmpdir(), `cairn-tables-${userInfo().uid}`)
let maxBytes = 8 * GIBIBYTE

/** Sets the folder and size of the cache of remote blobs. */
export function configureTableCache(options: { folder?: string; maxBytes?: number }): void {
  folder = options.folder ?? folder
  maxBytes = options.maxBytes ?? maxBytes
}

/**
 * Returns paths of files that DuckDB can read. Blobs on a local disk are read in place. Others are copied once, because the
 * files of a table never change. The least recently used copies are deleted.
 */
export async function localFiles(
  blobs: Blobs,
  files: readonly { readonly key: string; readonly size?: number }[],
): Promise<string[]> {
  const { localPath } = blobs
  if (localPath) return files.map(({ key }) => localPath.call(blobs, key))
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const paths: string[] = []
  for (let i = 0; i < files.length; i += AT_ONCE) {
    const batch = files.slice(i, i + AT_ONCE).map(async ({ key, size }) => copyOf(blobs, key, size))
    paths.push(...(await Promise.all(batch)))
  }
  await evict()
  return paths
}

async function copyOf(blobs: Blobs, key: string, size: number | undefined): Promise<string> {
  const bytes = size ?? (await blobs.head(key)).size
  const name = createHash('sha256').update(blobs.uri(key)).digest('hex')
  const path = join(folder, `${name}-${bytes}`)
  const found = await stat(path).catch(() => undefined)
  if (found?.size === bytes) {
    await utimes(path, new Date(), new Date())
    return path
  }
  const part = `${path}.${randomUUID()}`
  try {
    await pipeline(await blobs.get(key), createWriteStream(part, { mode: 0o600 }))
    await rename(part, path)
  } finally {
    await rm(part, { force: true })
  }
  return path
}

async function evict(): Promise<void> {
  const names = await readdir(folder)
  const copies = await Promise.all(
    names.map(async (name) => {
      const status = await stat(join(folder, name)).catch(() => undefined)
      return { name, size: status?.size ?? 0, used: status?.mtimeMs ?? 0 }
    }),
  )
  let total = copies.reduce((sum, copy) => sum + copy.size, 0)
  for (const { name, size, used } of copies.sort((a, b) => a.used - b.used)) {
    if (total <= maxBytes || Date.now() - used < IN_USE_MS) return
    await rm(join(folder, name), { force: true })
    total -= size
  }
}
