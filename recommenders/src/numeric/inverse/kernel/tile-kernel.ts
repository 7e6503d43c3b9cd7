import { inflateRawSync } from 'node:zlib'
import { COMPILED_KERNEL } from './module.js'

/** Rows and columns of a tile, the block of a matrix on which the threads of `invertCounts` work. */
export const TILE_SIDE = 64
export const TILE_BYTES = TILE_SIDE * TILE_SIDE * 4

/** Operations on tiles, compiled from `kernel.c`; pointers are byte offsets of tiles in the shared memory. */
export interface TileKernel {
  /** out = a·b */
  multiply(a: number, b: number, out: number): void
  /** out −= a·b */
  subtract(a: number, b: number, out: number): void
  transpose(a: number, out: number): void
  /** Adds 1 to the `n` given columns, in any order, of a matrix row; `row` points to its part in the first tile. */
  count(row: number, columns: number, n: number): void
}

export const compileTileKernel = () =>
  new WebAssembly.Module(new Uint8Array(inflateRawSync(Buffer.from(COMPILED_KERNEL, 'base64'))))

export const startTileKernel = (module: WebAssembly.Module, memory: WebAssembly.Memory) =>
  new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as TileKernel
