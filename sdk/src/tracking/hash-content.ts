import { host } from '#host'
import type { Content } from '../transport.js'

export interface Hashed {
  /** To be sent in place of the original. */
  readonly content: Content
  /** What was sent, once it was. A stream that was opened again counts as it went last. */
  digest(): { readonly size: number; readonly sha256: string }
}

/** Hashes content on its way, so that a file is read once; only a Blob, which browsers cannot stream, is read twice. */
export async function hashContent(content: Content): Promise<Hashed> {
  if (typeof content === 'string') return ofBytes(content, new TextEncoder().encode(content))
  if (content instanceof Uint8Array) return ofBytes(content, content)
  if (content instanceof Blob) {
    const meter = newMeter()
    await content.stream().pipeTo(new WritableStream({ write: (chunk) => meter.add(chunk) }))
    return { content, digest: meter.result }
  }
  let meter = newMeter()
  const open = () => {
    meter = newMeter()
    const { add } = meter
    return content.open().pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          add(chunk)
          controller.enqueue(chunk)
        },
      }),
    )
  }
  return { content: { size: content.size, open }, digest: () => meter.result() }
}

function ofBytes(content: Content, bytes: Uint8Array): Hashed {
  const meter = newMeter()
  meter.add(bytes)
  return { content, digest: meter.result }
}

function newMeter() {
  const hash = host.newSha256()
  let size = 0
  let sha256: string | undefined
  return {
    add(bytes: Uint8Array) {
      size += bytes.length
      hash.update(bytes)
    },
    result() {
      sha256 ??= hash.digest()
      return { size, sha256 }
    },
  }
}
