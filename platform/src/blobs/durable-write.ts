import { type FileHandle, open, writeFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type { Body } from './blobs.js'
import { forEachBlock } from './for-each-block.js'

const BLOCKS = { bytes: 512 * 1024, count: 3 }
const SYNCED_BYTES = 32 * 1024 * 1024

/** Writes a new file; resolves when its content is synced to disk. Its name is durable only after `syncFolder`. */
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

/** Syncs the entries of a folder, so that files created or renamed in it survive a power failure. */
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

/** Writes a whole block. A single write may be partial, for example on a full disk. */
async function writeAll(handle: FileHandle, block: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < block.length; ) {
    const { bytesWritten } = await handle.write(block, at, block.length - at, position + at)
    at += bytesWritten
  }
}
