import { ApiError } from '@cairn/platform/errors'

const PAGE_BYTES = 65_536
const MAX_PAGES = 65_536

const aligned = (bytes: number) => Math.ceil(bytes / 64) * 64

/**
 * Lays out arrays in one memory that threads and the kernel share: reserve all arrays, `allocate`, then create views.
 * Pointers are byte offsets aligned to a cache line; at most 4 GiB in total.
 */
export class Arena {
  #bytes = PAGE_BYTES // the first page contains the kernel's own data

  reserve(bytes: number): number {
    const pointer = this.#bytes
    this.#bytes += aligned(bytes)
    return pointer
  }

  allocate(): WebAssembly.Memory {
    const pages = Math.ceil(this.#bytes / PAGE_BYTES)
    if (pages > MAX_PAGES)
      throw new ApiError(
        'RESOURCE_EXHAUSTED',
        `${pages * PAGE_BYTES} bytes of shared memory are needed; the maximum is 4 GiB`,
      )
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true })
  }
}

export const floats = (memory: WebAssembly.Memory, pointer: number, length: number) =>
  new Float32Array(memory.buffer, pointer, length)
export const doubles = (memory: WebAssembly.Memory, pointer: number, length: number) =>
  new Float64Array(memory.buffer, pointer, length)
export const ints = (memory: WebAssembly.Memory, pointer: number, length: number) =>
  new Int32Array(memory.buffer, pointer, length)
export const bytes = (memory: WebAssembly.Memory, pointer: number, length: number) =>
  new Uint8Array(memory.buffer, pointer, length)
