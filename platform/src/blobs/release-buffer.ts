import { MessageChannel } from 'node:worker_threads'

/** A port whose other end is closed, so that memory transferred to it is released. */
const { port1: sink, port2 } = new MessageChannel()
port2.close()

/**
 * Releases the memory of bytes that own their whole buffer, which are empty afterwards. V8 collects external buffers only
 * after about 32 MiB, which exceeds CPU caches, so releasing them here keeps memory use constant.
 */
export function releaseBuffer(bytes: Uint8Array): void {
  if (bytes.byteLength === 0) return // released already; from Node 22 on, transferring it again throws
  if (bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer)
    sink.postMessage(undefined, [bytes.buffer])
}
