import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, join } from 'node:path'
import type { Readable } from 'node:stream'
import { isAlive } from '../processes.js'

const DAY_MS = 86_400_000
const GATHERED_BYTES = 512 * 1024
const SYNCED_BYTES = 64 * 1024 * 1024

/** Parts that this process is writing, whichever store they belong to. */
const live = new Set<string>()

/**
 * The folder of bodies on their way in. Several processes and machines may share it, so a part carries its writer's
 * host and process, and is swept only when that writer is gone, or after a day without a byte. An upload in parts is a
 * folder of it, which outlives the process that began it, and is swept by age alone.
 */
export class Parts {
  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async open(folder: string): Promise<Parts> {
    await mkdir(folder, { recursive: true })
    const parts = new Parts(folder)
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
export async function writeDurably(path: string, body: Readable | Uint8Array): Promise<void> {
  // A body that breaks off while the file is being opened is met by the read; nobody listening, it would end the process
  if (!(body instanceof Uint8Array)) body.on('error', () => undefined)
  const handle = await open(path, 'wx')
  try {
    if (body instanceof Uint8Array) await writeFile(handle, body)
    else await writeGathered(handle, body)
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
 * Chunks of the network are small: they are gathered while the ones before are being written. What was written long
 * enough ago goes to the disk meanwhile, so that little is left to wait for in the end.
 */
async function writeGathered(handle: FileHandle, body: Readable): Promise<void> {
  let chunks: Uint8Array[] = []
  let bytes = 0
  let unsynced = 0
  let writing: Promise<unknown> = Promise.resolve()
  let syncing: Promise<unknown> = Promise.resolve()
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array | string>) {
      chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
      bytes += chunk.length
      if (bytes < GATHERED_BYTES) continue
      await writing
      writing = writeAll(handle, chunks)
      writing.catch(() => undefined) // awaited below; it may fail while the next chunk is yet to come
      unsynced += bytes
      chunks = []
      bytes = 0
      if (unsynced < SYNCED_BYTES) continue
      await syncing
      syncing = handle.datasync()
      syncing.catch(() => undefined)
      unsynced = 0
    }
  } finally {
    await Promise.all([writing, syncing])
  }
  await writeAll(handle, chunks)
}

/** A write may be cut short, by a full disk for one. */
async function writeAll(handle: FileHandle, chunks: readonly Uint8Array[]): Promise<void> {
  if (chunks.length === 0) return
  const total = chunks.reduce((sum, { length }) => sum + length, 0)
  const { bytesWritten } = await handle.writev(chunks)
  if (bytesWritten < total) await writeFile(handle, Buffer.concat(chunks).subarray(bytesWritten))
}
