import { inflateRawSync } from 'node:zlib'
import { COMPILED_KERNEL } from './module.js'

/**
 * ALS and top-k ranking over rows of factors, compiled from `kernel.c`; pointers are byte offsets into the shared memory,
 * aligned to 16.
 */
export interface FactorKernel {
  /** Adds rowsᵀ·rows (upper triangle, float64, `stride` wide) to `out`. */
  gram(rows: number, count: number, stride: number, out: number): void
  /** One ALS pass over one factor row; returns Σ(y − ŷ)² over its neighbours. `values` points to their y; 0 means 1 for all. */
  solve(
    row: number,
    neighbours: number,
    values: number,
    count: number,
    factors: number,
    gram: number,
    stride: number,
    block: number,
    regularization: number,
    scratch: number,
  ): number
  /**
   * Scores `count` items (a multiple of 8, in the panels of `fillPanels`) for four users, whose vectors are
   * `dimensions` floats apart; the four rows of `out` are `width` floats apart.
   */
  score(users: number, panels: number, count: number, dimensions: number, out: number, width: number): void
  /** Writes the indices of the `k` largest of `count` scores to `out`, best first; returns their number. */
  top(scores: number, count: number, k: number, out: number): number
  /** Writes the number of scores above `mark` and the number equal to it to `out` as two int32. */
  count(scores: number, count: number, mark: number, out: number): void
}

export const compileFactorKernel = () =>
  new WebAssembly.Module(new Uint8Array(inflateRawSync(Buffer.from(COMPILED_KERNEL, 'base64'))))

export const startFactorKernel = (module: WebAssembly.Module, memory: WebAssembly.Memory) =>
  new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as FactorKernel
