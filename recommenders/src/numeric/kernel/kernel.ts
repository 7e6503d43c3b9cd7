import { inflateRawSync } from 'node:zlib'
import { COMPILED_KERNEL } from './module.js'

/** The functions of `kernel.c`; every pointer is a byte offset into the shared memory, aligned to 16. */
export interface Kernel {
  /** Adds rowsᵀ·rows (upper triangle, float64, `stride` wide) to `out`. */
  gram(rows: number, count: number, stride: number, out: number): void
  /** One ALS pass over one factor row; answers Σ(y − ŷ)² over its neighbours. `wanted` has their y; 1 for all when 0. */
  solve(
    row: number,
    neighbours: number,
    wanted: number,
    count: number,
    factors: number,
    gram: number,
    stride: number,
    block: number,
    regularization: number,
    scratch: number,
  ): number
  /**
   * Scores `count` items (a multiple of 8, in panels: see `toPanels`) for four users, whose vectors are `dimensions`
   * apart; the four rows of `out` are `width` floats apart.
   */
  score(users: number, panels: number, count: number, dimensions: number, out: number, width: number): void
  /** Writes the indices of the `k` largest of `count` scores to `out`, best first; answers how many there are. */
  top(scores: number, count: number, k: number, out: number): number
  /** Writes how many of the scores are above `mark`, and how many equal it, to `out`: two int32. */
  count(scores: number, count: number, mark: number, out: number): void
}

export const compileKernel = () =>
  new WebAssembly.Module(new Uint8Array(inflateRawSync(Buffer.from(COMPILED_KERNEL, 'base64'))))

export const startKernel = (module: WebAssembly.Module, memory: WebAssembly.Memory) =>
  new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernel
