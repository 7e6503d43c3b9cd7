import type { ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import type { BlobReader } from '../../blobs/blobs.js'
import { forEachBlock } from '../../blobs/for-each-block.js'
import { readChunks } from '../body/chunks.js'

const BUFFER_BYTES = 512 * 1024

/**
 * Sends bytes of a blob through two alternating buffers, because a stream would allocate one per read and take half as much
 * CPU time again. Closes the reader. A failure after the start closes the connection.
 */
export async function sendReader(
  reader: BlobReader,
  { start, end }: { readonly start: number; readonly end: number },
  response: ServerResponse,
): Promise<void> {
  const write = writerTo(response)
  const size = Math.min(BUFFER_BYTES, end - start)
  let [filling, sending] = [Buffer.allocUnsafeSlow(size), Buffer.allocUnsafeSlow(size)]
  let sent: Promise<unknown> = Promise.resolve()
  try {
    for (let position = start; position < end && !response.destroyed; ) {
      const count = await reader.read(filling.subarray(0, Math.min(size, end - position)), position)
      if (count === 0) throw new Error('The blob became shorter while it was sent.')
      position += count
      await sent
      sent = write(filling.subarray(0, count))
      sent.catch(() => undefined) // awaited above and below; it may fail during the next read
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

/** `size`: the announced content length. `onStart` sends the head. */
interface StreamOptions {
  readonly size: number
  readonly onStart: () => void
}

/**
 * Sends a stream and destroys it at the end. Calls `onStart` before the first block. A failure after that closes the
 * connection. So does a wrong length, because clients would take the next response for the rest of this one.
 *
 * @throws the stream's error if it fails before the first block
 */
export async function sendStream(
  body: Readable,
  response: ServerResponse,
  { size, onStart }: StreamOptions,
): Promise<void> {
  const write = writerTo(response)
  let isStarted = false
  const startOnce = () => {
    if (!isStarted) onStart()
    isStarted = true
  }
  response.once('close', () => body.destroy())
  try {
    await forEachBlock(withExactSize(body, size), { bytes: BUFFER_BYTES, count: 3 }, (block) => {
      startOnce()
      return write(block)
    })
    startOnce()
    response.end()
  } catch (error) {
    if (!isStarted) throw error
    response.destroy(error as Error)
  } finally {
    body.destroy()
  }
}

/** Passes on the chunks. @throws if they are not `size` bytes together, before passing on too many */
async function* withExactSize(body: Readable, size: number): AsyncGenerator<Uint8Array> {
  let left = size
  for await (const chunk of readChunks(body)) {
    left -= chunk.length
    if (left < 0) break
    yield chunk
  }
  if (left !== 0) throw new Error('The blob does not have the announced size.')
}

/** Creates a function that writes bytes, which the caller may reuse once it resolves. It rejects once the client is gone. */
function writerTo(response: ServerResponse): (bytes: Uint8Array) => Promise<void> {
  const waiting = new Set<(error: Error) => void>()
  response.once('close', () => {
    for (const reject of waiting) reject(new Error('The client disconnected.'))
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
