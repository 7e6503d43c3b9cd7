import { host } from '#host'
import type { Content } from '../transport.js'

export interface HashedContent {
  /** Send this instead of the original. */
  readonly content: Content
  /** Size and digest after sending; for a stream that was reopened, those of the last pass. */
  digest(): { readonly size: number; readonly sha256: string }
}

/** Hashes content while it is sent, so that a file is read once. A Blob is read twice, as browsers cannot stream it. */
export async function hashContent(content: Content): Promise<HashedContent> {
  if (typeof content === 'string') return hashBytes(content, new TextEncoder().encode(content))
  if (content instanceof Uint8Array) return hashBytes(content, content)
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

function hashBytes(content: Content, bytes: Uint8Array): HashedContent {
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
