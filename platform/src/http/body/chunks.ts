import { on } from 'node:events'
import { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { releaseBuffer } from '../../blobs/release-buffer.js'

/** Buffers a few events, because reading chunk by chunk would pause and resume the socket for each chunk. */
const EVENTS = { close: ['end', 'close'], highWaterMark: 4, lowWaterMark: 1 }

/**
 * Iterates over the chunks of a body. A chunk from the network is valid only until the next one is requested. Stopping early
 * does not destroy the stream, because the response to the failed request is still to be sent.
 */
export async function* readChunks(body: Readable): AsyncGenerator<Uint8Array> {
  const received = body instanceof IncomingMessage
  if (!body.destroyed && !body.readableEnded)
    for await (const [chunk] of on(body, 'data', EVENTS)) {
      yield chunk
      if (received) releaseBuffer(chunk)
    }
  if (!body.readableEnded) throw body.errored ?? new Error('The body broke off.')
}
