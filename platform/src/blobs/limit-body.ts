import type { Body } from './blobs.js'

/** Yields the chunks of a body. @throws the error of `tooLong` once they have more than `maxBytes` together */
export async function* limitBody(
  body: Body,
  maxBytes: number,
  tooLong: () => Error,
): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const chunk of body instanceof Uint8Array ? [body] : body) {
    bytes += chunk.length
    if (bytes > maxBytes) throw tooLong()
    yield chunk
  }
}
