import { invalid } from '@cairn/platform/errors'

const PAGE = 65_536
/** Start of the memory that compiled modules reserve for their (unused) stack. */
const RESERVED = PAGE * 2

/** The memory of a WebAssembly kernel: ranges are reserved before it is allocated. */
export class KernelMemory {
  #end = RESERVED

  /** Reserves 32-bit words. Returns the start address, a multiple of 16. */
  reserve(words: number): number {
    const start = this.#end
    this.#end = Math.ceil((start + 4 * words) / 16) * 16
    return start
  }

  /** Instantiates the module with this memory. @throws INVALID_PARAMETER_VALUE naming the content when it exceeds 4 GiB */
  allocate<Kernel>(module: WebAssembly.Module, content: string): { buffer: ArrayBuffer; kernel: Kernel } {
    if (this.#end > 2 ** 32) throw invalid(`${content} do not fit into 4 GiB`)
    const memory = new WebAssembly.Memory({ initial: Math.ceil(this.#end / PAGE) })
    const { exports } = new WebAssembly.Instance(module, { env: { memory } })
    return { buffer: memory.buffer, kernel: exports as unknown as Kernel }
  }
}
