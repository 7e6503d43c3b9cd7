import { MessageChannel } from 'node:worker_threads'

/** The other end is closed, so that memory transferred there is released. */
const { port1: sink, port2 } = new MessageChannel()
port2.close()

/**
 * Releases the memory of bytes that own their whole buffer; they are empty afterwards. V8 collects external buffers only
 * after about 32 MiB, which exceeds CPU caches; releasing them ourselves keeps memory flat.
 */
export function releaseBuffer(bytes: Uint8Array): void {
  if (bytes.byteLength === 0) return // released already; from Node 22 on, transferring it again throws
  if (bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer)
    sink.postMessage(undefined, [bytes.buffer])
}
