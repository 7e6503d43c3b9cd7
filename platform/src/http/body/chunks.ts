import { on } from 'node:events'
import { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { releaseBuffer } from '../../blobs/release-buffer.js'

/** As events: reading one by one would stop and start the socket for each. */
const EVENTS = { close: ['end', 'close'], highWaterMark: 4, lowWaterMark: 1 }

/**
 * The chunks of a body. One that came over a network is good until the next is asked for. Whoever stops early leaves the
 * stream as it is: a request that failed has yet to be answered.
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
