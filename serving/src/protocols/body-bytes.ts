import { gunzipSync, inflateRawSync, inflateSync } from 'node:zlib'
import { ApiError, invalid } from '@cairn/platform/errors'

/** The limit of a request body, also decompressed. */
export const MAX_BODY_BYTES = 16 * 1024 * 1024
export const DECOMPRESSED_TOO_LARGE = `The decompressed body is larger than ${MAX_BODY_BYTES} bytes.`

/**
 * Decompresses a body by its Content-Encoding.
 *
 * @throws UNSUPPORTED_MEDIA_TYPE, PAYLOAD_TOO_LARGE, INVALID_PARAMETER_VALUE for corrupt data
 */
export function decompress(bytes: Uint8Array, encoding = 'identity'): Uint8Array {
  switch (encoding.trim().toLowerCase()) {
    case 'identity':
    case '':
      return bytes
    case 'gzip':
    case 'x-gzip':
      return inflate(gunzipSync, bytes)
    case 'deflate':
      return inflate(hasZlibHeader(bytes) ? inflateSync : inflateRawSync, bytes)
    default:
      throw unsupported()
  }
}

const ENCODINGS = new Set(['identity', '', 'gzip', 'x-gzip', 'deflate'])

/** @throws UNSUPPORTED_MEDIA_TYPE */
export function requireEncoding(encoding = 'identity'): void {
  if (!ENCODINGS.has(encoding.trim().toLowerCase())) throw unsupported()
}

const unsupported = () =>
  new ApiError('UNSUPPORTED_MEDIA_TYPE', 'The Content-Encoding must be gzip, deflate or identity.')

/** Some clients send `deflate` without the zlib header that RFC 9110 requires. */
const hasZlibHeader = ([first = 0, second = 0]: Uint8Array) =>
  (first & 15) === 8 && ((first << 8) + second) % 31 === 0

function inflate(method: typeof gunzipSync, bytes: Uint8Array): Uint8Array {
  try {
    return method(bytes, { maxOutputLength: MAX_BODY_BYTES })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw new ApiError('PAYLOAD_TOO_LARGE', DECOMPRESSED_TOO_LARGE, { cause })
    throw invalid('The body does not match its Content-Encoding.', { cause })
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Decodes UTF-8 without its byte order mark. @throws INVALID_PARAMETER_VALUE */
export function decodeText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch (cause) {
    throw invalid('The request body is not valid UTF-8.', { cause })
  }
}
