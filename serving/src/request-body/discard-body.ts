import type { IncomingMessage } from 'node:http'
import { releaseBuffer } from '@cairn/platform/blobs/release-buffer'
import { paceReading } from '@cairn/platform/http/body/paced-reading'

/**
 * Reads and discards the body of a refused request, also after its response: most clients read that after they have sent everything.
 * Node would discard it too, but leave the memory to V8, whose collections stop an overloaded server several times a second.
 */
export function discardBody(payload: IncomingMessage): void {
  payload.on('data', (chunk: Buffer) => {
    paceReading(payload, chunk.byteLength)
    releaseBuffer(chunk)
  })
}
