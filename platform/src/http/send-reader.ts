import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { BlobReader } from '../blobs/blobs.js'

const BUFFER_BYTES = 256 * 1024

/**
 * Sends bytes of a blob through two buffers that take turns: a stream would leave one behind for every read, and take
 * half as much work again. Closes the reader. An answer that breaks off ends its connection.
 */
export async function sendReader(
  reader: BlobReader,
  { start, end }: { readonly start: number; readonly end: number },
  response: ServerResponse,
): Promise<void> {
  const gone = once(response, 'close').catch(() => undefined)
  const write = (bytes: Uint8Array) =>
    Promise.race([
      gone,
      new Promise<void>((resolve, reject) => response.write(bytes, (e) => (e ? reject(e) : resolve()))),
    ])
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
