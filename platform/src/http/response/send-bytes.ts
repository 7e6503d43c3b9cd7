import type { ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import type { BlobReader } from '../../blobs/blobs.js'
import { forEachBlock } from '../../blobs/for-each-block.js'
import { readChunks } from '../body/chunks.js'

const BUFFER_BYTES = 512 * 1024

/**
 * Sends bytes of a blob through two buffers that take turns: a stream would leave one behind for every read, and take
 * half as much work again. Closes the reader. An answer that breaks off ends its connection.
 */
export async function sendReader(
  reader: BlobReader,
  { start, end }: { readonly start: number; readonly end: number },
  response: ServerResponse,
): Promise<void> {
  const write = writing(response)
  const size = Math.min(BUFFER_BYTES, end - start)
  let [filling, sending] = [Buffer.allocUnsafeSlow(size), Buffer.allocUnsafeSlow(size)]
  let sent: Promise<unknown> = Promise.resolve()
  try {
    for (let position = start; position < end && !response.destroyed; ) {
      const count = await reader.read(filling.subarray(0, Math.min(size, end - position)), position)
      if (count === 0) throw new Error('the blob is shorter than it was')
      position += count
      await sent
      sent = write(filling.subarray(0, count))
      sent.catch(() => undefined) // awaited above and below; it may fail while the next piece is being read
      ;[filling, sending] = [sending, filling]
    }
    await sent
    response.end()
  } catch (error) {
    response.destroy(error as Error)
  } finally {
    await reader.close()
  }
}

/** How long an answer says that it is, and what it begins with. */
interface StreamOptions {
  readonly size: number
  readonly onStart: () => void
}

/**
 * Sends what a store streams, after `onStart` with its first block. Ends the stream. An answer that breaks off ends its
 * connection, and so does one that is not as long as it says: what came next would be taken for a part of it.
 *
 * @throws what breaks the stream off before the answer began
 */
export async function sendStream(
  body: Readable,
  response: ServerResponse,
  { size, onStart }: StreamOptions,
): Promise<void> {
  const write = writing(response)
  let isBegun = false
  const beginOnce = () => {
    if (!isBegun) onStart()
    isBegun = true
  }
  response.once('close', () => body.destroy())
  try {
    await forEachBlock(measured(body, size), { bytes: BUFFER_BYTES, count: 3 }, (block) => {
      beginOnce()
      return write(block)
    })
    beginOnce()
    response.end()
  } catch (error) {
    if (!isBegun) throw error
    response.destroy(error as Error)
  } finally {
    body.destroy()
  }
}

/** The chunks of a body that holds `size` bytes. @throws when it holds less or more, before the last of them */
async function* measured(body: Readable, size: number): AsyncGenerator<Uint8Array> {
  let left = size
  for await (const chunk of readChunks(body)) {
    left -= chunk.length
    if (left < 0) break
    yield chunk
  }
  if (left !== 0) throw new Error('the blob is not as long as it was')
}

/** Writes bytes, which are the caller's again when it resolves; fails once nobody is there to read them. */
function writing(response: ServerResponse): (bytes: Uint8Array) => Promise<void> {
  const waiting = new Set<(error: Error) => void>()
  response.once('close', () => {
    for (const reject of waiting) reject(new Error('the client went away'))
  })
  return (bytes) =>
    new Promise<void>((resolve, reject) => {
      waiting.add(reject)
      response.write(bytes, (error) => {
        waiting.delete(reject)
        if (error) reject(error)
        else resolve()
      })
    })
}
