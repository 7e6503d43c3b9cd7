import { deserialize } from 'node:v8'
import { OFFLOADED_BYTES } from '@cairn/platform/http/body/offloaded-body'
import { RequestThread } from '@cairn/platform/processes/request-thread'
import type { TraceBatch } from '../spans/trace-batch.js'
import { type OtlpRequest, type Refusal, readRequest } from './read-request.js'

/** The message of the thread. Slices are serialized, because receiving all of them at once would block the event loop. */
export interface SerializedSlices {
  readonly slices: readonly Uint8Array[]
  readonly rejected: number
}

export interface ReadSpans {
  readonly slices: Iterable<readonly TraceBatch[]>
  readonly rejected: number
}

const MAX_PENDING = 32

/**
 * Reads requests with spans. Large and compressed ones are decompressed and read by one worker thread, one after the
 * other, so that they neither block the event loop nor need memory for many at once.
 */
export class SpanReader {
  readonly #thread: RequestThread<OtlpRequest, SerializedSlices | Refusal>

  /** @param onFailure receives the error that ended the thread; the next large request starts another */
  constructor(onFailure: (error: Error) => void) {
    this.#thread = new RequestThread({
      module: new URL('./span-reader.worker.js', import.meta.url),
      onFailure,
      unanswered: 'The spans were not read: nothing was written. Try again.',
      maxPending: MAX_PENDING,
    })
  }

  /** @throws PAYLOAD_TOO_LARGE, TEMPORARILY_UNAVAILABLE */
  async read(request: OtlpRequest): Promise<ReadSpans | Refusal> {
    if (request.encoding === undefined && request.bytes.length < OFFLOADED_BYTES) return readRequest(request)
    const bytes = Uint8Array.from(request.bytes) // pooled buffers cannot be moved
    const read = await this.#thread.ask({ ...request, bytes }, [bytes.buffer])
    return 'refusal' in read ? read : { ...read, slices: deserialized(read.slices) }
  }

  close(): Promise<void> {
    return this.#thread.close()
  }
}

function* deserialized(slices: readonly Uint8Array[]): Generator<readonly TraceBatch[]> {
  for (const slice of slices) yield deserialize(slice) as readonly TraceBatch[]
}
