import { inflateRawSync } from 'node:zlib'
import { COMPILED_KERNEL } from './module.js'

/** Number of rows and of columns of a tile. */
export const TILE_SIDE = 64
export const TILE_BYTES = TILE_SIDE * TILE_SIDE * 4

/** Functions of `kernel.c`; pointers are byte offsets of tiles in the shared memory. */
export interface Kernel {
  /** out = a·b */
  multiply(a: number, b: number, out: number): void
  /** out −= a·b */
  subtract(a: number, b: number, out: number): void
  transpose(a: number, out: number): void
  /** Adds 1 to the `n` given columns, in any order, of a matrix row; `row` points to its part in the first tile. */
  count(row: number, columns: number, n: number): void
}

export const compileKernel = () =>
  new WebAssembly.Module(new Uint8Array(inflateRawSync(Buffer.from(COMPILED_KERNEL, 'base64'))))

export const startKernel = (module: WebAssembly.Module, memory: WebAssembly.Memory) =>
  new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernel
