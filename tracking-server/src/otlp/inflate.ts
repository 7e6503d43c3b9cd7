import { gunzipSync, inflateRawSync, inflateSync, type ZlibOptions } from 'node:zlib'
import { ApiError, invalid } from '@cairn/platform/errors'

const MB = 1024 * 1024
const MAX_BYTES = 64 * MB
/** Spans compress by a factor of 10 to 30. */
const MAX_RATIO = 100
/** Small bodies may have any ratio. */
const MIN_LIMIT = MB

type Inflate = (bytes: Uint8Array, options: ZlibOptions) => Buffer

const METHODS: Readonly<Record<string, readonly Inflate[]>> = {
  gzip: [gunzipSync],
  deflate: [inflateSync, inflateRawSync], // some clients send it without zlib's header
}

/**
 * Decompresses a body on this thread. Its size and its ratio to the compressed size are bounded.
 *
 * @throws INVALID_PARAMETER_VALUE in MLflow's words, PAYLOAD_TOO_LARGE
 */
export function inflate(bytes: Uint8Array, encoding: string | undefined): Uint8Array {
  if (!encoding || encoding === 'identity') return bytes
  const methods = Object.hasOwn(METHODS, encoding) ? METHODS[encoding]! : undefined
  if (!methods) throw invalid(`Unsupported Content-Encoding: ${encoding}`)
  const maxOutputLength = Math.min(MAX_BYTES, Math.max(MIN_LIMIT, bytes.length * MAX_RATIO))
  for (const method of methods) {
    try {
      return method(bytes, { maxOutputLength })
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE')
        throw new ApiError(
          'PAYLOAD_TOO_LARGE',
          `A request may have at most ${MAX_BYTES / MB} MB after decompression, and at most ${MAX_RATIO} times its compressed size.`,
        )
    }
  }
  throw invalid(`Failed to decompress ${encoding} payload`)
}
