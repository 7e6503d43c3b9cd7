import { inflateRawSync } from 'node:zlib'
import { COMPILED_KERNEL } from './module.js'

/** Rows and columns of a tile. */
export const SIDE = 64
export const TILE_BYTES = SIDE * SIDE * 4

/** The functions of `kernel.c`; pointers are byte offsets of tiles in the shared memory. */
export interface Kernel {
  /** out = a·b */
  multiply(a: number, b: number, out: number): void
  /** out −= a·b */
  subtract(a: number, b: number, out: number): void
  transpose(a: number, out: number): void
  /** Adds 1 to `n` columns (ascending or not) of the tile row in which `row` is a row of the first tile. */
  count(row: number, columns: number, n: number): void
}

export const compileKernel = () =>
  new WebAssembly.Module(new Uint8Array(inflateRawSync(Buffer.from(COMPILED_KERNEL, 'base64'))))

export const startKernel = (module: WebAssembly.Module, memory: WebAssembly.Memory) =>
  new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernel
