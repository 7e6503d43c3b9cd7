import { promisify } from 'node:util'
import { gunzip, inflateRaw, inflate as inflateZlib, type ZlibOptions } from 'node:zlib'
import { ApiError, invalid } from '@cairn/platform/errors'

const MAX_BYTES = 128 * 1024 * 1024
const OPTIONS: ZlibOptions = { maxOutputLength: MAX_BYTES }

type Inflate = (bytes: Buffer, options: ZlibOptions) => Promise<Buffer>

const METHODS: Readonly<Record<string, readonly Inflate[]>> = {
  gzip: [promisify(gunzip)],
  deflate: [promisify(inflateZlib), promisify(inflateRaw)], // some clients send it without zlib's header
}

/** @throws INVALID_PARAMETER_VALUE in MLflow's words, PAYLOAD_TOO_LARGE */
export async function inflate(bytes: Buffer, encoding: string | undefined): Promise<Buffer> {
  if (!encoding || encoding === 'identity') return bytes
  const methods = Object.hasOwn(METHODS, encoding) ? METHODS[encoding]! : undefined
  if (!methods) throw invalid(`Unsupported Content-Encoding: ${encoding}`)
  for (const method of methods) {
    const inflated = await method(bytes, OPTIONS).catch((error: Error) => error)
    if (!(inflated instanceof Error)) return inflated
    if ('code' in inflated && inflated.code === 'ERR_BUFFER_TOO_LARGE')
      throw new ApiError(
        'PAYLOAD_TOO_LARGE',
        `A request may have at most ${MAX_BYTES / 1024 / 1024} MB after decompression.`,
      )
  }
  throw invalid(`Failed to decompress ${encoding} payload`)
}
