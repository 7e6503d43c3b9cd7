import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { isAlive } from '../processes/child-process.js'
import type { Body } from './blobs.js'
import { forEachBlock } from './for-each-block.js'

const DAY_MS = 86_400_000
const BLOCKS = { bytes: 512 * 1024, count: 3 }
const SYNCED_BYTES = 32 * 1024 * 1024

/** Files that this process is writing, in any store. */
const live = new Set<string>()

/**
 * The folder of temporary files. Several processes and machines may share it, so a file's name contains its writer's host
 * and process, and it is swept only when that writer has ended, or after a day without a write. A multipart upload is a
 * folder in it, which outlives its process and is swept by age alone.
 */
export class IncomingFiles {
  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async open(folder: string): Promise<IncomingFiles> {
    await mkdir(folder, { recursive: true })
    const files = new IncomingFiles(folder)
    await files.sweep(Number.POSITIVE_INFINITY, true)
    return files
  }

  /** Finds stale files last written before `before`, and deletes them with `remove`. */
  async sweep(before: number, remove: boolean): Promise<{ files: number; bytes: number }> {
    let files = 0
    let bytes = 0
    for (const name of await readdir(this.#folder)) {
      const path = join(this.#folder, name)
      const modified = (await stat(path).catch(() => undefined))?.mtimeMs ?? Number.POSITIVE_INFINITY
      if (modified > before || !(await this.#isStale(name))) continue
      for (const size of await sizesBelow(path)) {
        files++
        bytes += size
      }
      if (remove) await rm(path, { recursive: true, force: true })
    }
    return { files, bytes }
  }

  next(): string {
    const path = join(this.#folder, `${hostname()}~${process.pid}~${randomUUID()}`)
    live.add(path)
    return path
  }

  async discard(path: string): Promise<void> {
    await rm(path, { force: true })
    live.delete(path)
  }

  async #isStale(name: string): Promise<boolean> {
    const path = join(this.#folder, name)
    const [host, pid] = basename(name).split('~')
    if (host === hostname()) return !live.has(path) && (Number(pid) === process.pid || !isAlive(Number(pid)))
    const modified = (await stat(path).catch(() => undefined))?.mtimeMs ?? 0
    return Date.now() - modified > DAY_MS
  }
}

/** The size of a file, or of all parts of an upload. */
async function sizesBelow(path: string): Promise<number[]> {
  const status = await stat(path).catch(() => undefined)
  if (!status?.isDirectory()) return status ? [status.size] : []
  const names = await readdir(path).catch(() => [])
  return (await Promise.all(names.map((name) => sizesBelow(join(path, name))))).flat()
}

/** Resolves when the body is synced to disk. */
export async function writeDurably(path: string, body: Body): Promise<void> {
  // The read reports an error during `open`; without a listener that error would end the process.
  if (body instanceof Readable) body.on('error', () => undefined)
  const handle = await open(path, 'wx')
  try {
    if (body instanceof Uint8Array) await writeFile(handle, body)
    else await writeStream(handle, body)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Makes the entries of the folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Writes one block at a time, because concurrent writes to one file only wait for each other. Syncs every 32 MiB during
 * the writing, so that little is left for the final sync.
 */
async function writeStream(handle: FileHandle, body: AsyncIterable<Uint8Array>): Promise<void> {
  let unsynced = 0
  let writing: Promise<unknown> = Promise.resolve()
  let syncing: Promise<unknown> = Promise.resolve()
  const write = async (block: Uint8Array, position: number) => {
    await writeAll(handle, block, position)
    unsynced += block.length
    if (unsynced < SYNCED_BYTES) return
    unsynced = 0
    await syncing
    syncing = handle.datasync()
    syncing.catch(() => undefined) // awaited above and below; it may fail before the next block arrives
  }
  try {
    await forEachBlock(body, BLOCKS, (block, position) => {
      writing = writing.then(() => write(block, position))
      return writing
    })
  } finally {
    await syncing
  }
}

/** A single write may be partial, e.g. on a full disk. */
async function writeAll(handle: FileHandle, block: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < block.length; ) {
    const { bytesWritten } = await handle.write(block, at, block.length - at, position + at)
    at += bytesWritten
  }
}
