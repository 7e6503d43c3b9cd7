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

/** Parts that this process is writing, whichever store they belong to. */
const live = new Set<string>()

/**
 * The folder of bodies on their way in. Several processes and machines may share it, so a part carries its writer's
 * host and process, and is swept only when that writer is gone, or after a day without a byte. An upload in parts is a
 * folder of it, which outlives the process that began it, and is swept by age alone.
 */
export class IncomingFiles {
  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async open(folder: string): Promise<IncomingFiles> {
    await mkdir(folder, { recursive: true })
    const parts = new IncomingFiles(folder)
    await parts.sweep(Number.POSITIVE_INFINITY, true)
    return parts
  }

  /** What is stale and was last written before `before`. */
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

/** Of a part, or of all parts of an upload. */
async function sizesBelow(path: string): Promise<number[]> {
  const status = await stat(path).catch(() => undefined)
  if (!status?.isDirectory()) return status ? [status.size] : []
  const names = await readdir(path).catch(() => [])
  return (await Promise.all(names.map((name) => sizesBelow(join(path, name))))).flat()
}

/** Resolves when the body is on the disk. */
export async function writeDurably(path: string, body: Body): Promise<void> {
  // A body that breaks off while the file is being opened is met by the read; nobody listening, it would end the process
  if (body instanceof Readable) body.on('error', () => undefined)
  const handle = await open(path, 'wx')
  try {
    if (body instanceof Uint8Array) await writeFile(handle, body)
    else await writeAsItComes(handle, body)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Names in the folder are on the disk when it resolves. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * One block after another, as threads that write to one file only wait for each other. What was written long enough ago
 * goes to the disk meanwhile, so that little is left to wait for in the end.
 */
async function writeAsItComes(handle: FileHandle, body: AsyncIterable<Uint8Array>): Promise<void> {
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
    syncing.catch(() => undefined) // awaited above and below; it may fail while the next blocks are yet to come
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

/** A write may be cut short, by a full disk for one. */
async function writeAll(handle: FileHandle, block: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < block.length; ) {
    const { bytesWritten } = await handle.write(block, at, block.length - at, position + at)
    at += bytesWritten
  }
}
