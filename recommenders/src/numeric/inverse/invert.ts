import { Cholesky } from '@cairn/flavors/als/cholesky'
import { invalid } from '@cairn/platform/errors'
import type { Adjacency } from '../../data/adjacency.js'
import { Arena, floats, ints } from '../kernel/arena.js'
import { threadCount, WorkerPool } from '../worker-pool.js'
import { compileTileKernel, TILE_BYTES, TILE_SIDE } from './kernel/tile-kernel.js'
import { SymmetricTiles, tileBytes, tileRows } from './tiles.js'

/** Shared by the threads; pointers are byte offsets into `memory`. */
export interface InverseTask {
  readonly memory: WebAssembly.Memory
  readonly kernel: WebAssembly.Module
  /** Rows of the matrix, and rows of tiles. */
  readonly size: number
  readonly rows: number
  readonly groups: number
  readonly pairs: number
  readonly groupsOf: { readonly offsets: number; readonly neighbours: number }
  readonly membersOf: { readonly offsets: number; readonly neighbours: number }
  readonly counter: number
  readonly tiles: number
  /** The inverse of the pivot tile. */
  readonly pivot: number
  /** One tile per row of tiles. */
  readonly scaled: number
  readonly transposed: number
  /** One tile per thread. */
  readonly scratch: number
}

export interface InverseStep {
  readonly phase: 'count' | 'panel' | 'update'
  readonly pivot: number
}

export interface InvertOptions {
  readonly threads?: number | undefined
  readonly signal?: AbortSignal | undefined
  readonly onStep?: ((done: number, total: number) => void | Promise<void>) | undefined
}

/** A larger residual in any checked column means that float32 was not precise enough. */
const MAX_RESIDUAL = 0.01

/**
 * Computes −(G + λI)⁻¹, where G counts for each pair of members the groups that contain both: XᵀX of a 0/1 matrix X,
 * groups × members. Works in place, tile by tile, with the symmetric sweep operator (Goodnight 1979, "A tutorial on the
 * SWEEP operator"): n³ float32 operations in the threads; diagonal tiles are inverted in float64. The result has the same
 * bits for any number of threads.
 *
 * @throws INVALID_PARAMETER_VALUE when λ is too small for float32.
 */
export async function invertCounts(
  groupsOf: Adjacency,
  membersOf: Adjacency,
  regularization: number,
  { signal, onStep, ...options }: InvertOptions = {},
): Promise<SymmetricTiles> {
  const threads = threadCount(options.threads)
  signal?.throwIfAborted()
  const task = createInverseTask(groupsOf, membersOf, threads)
  const { memory, rows } = task
  const matrix = new SymmetricTiles(memory, task.tiles, rows * TILE_SIDE)
  const counter = ints(memory, task.counter, 1)
  const pool = new WorkerPool<InverseStep>(new URL('./inverse.worker.js', import.meta.url), threads, task)
  const run = (phase: InverseStep['phase'], pivot: number) => {
    counter[0] = 0
    return pool.run({ phase, pivot }, signal)
  }
  try {
    await run('count', 0)
    addDiagonal(matrix, task.size, regularization)
    for (let pivot = 0; pivot < rows; pivot++) {
      sweepDiagonal(matrix, pivot, floats(memory, task.pivot, TILE_SIDE * TILE_SIDE))
      await run('panel', pivot)
      await run('update', pivot)
      await onStep?.(pivot + 1, rows)
    }
  } finally {
    await pool.close()
  }
  const inverse = new SymmetricTiles(memory, task.tiles, task.size)
  checkColumns(inverse, groupsOf, membersOf, regularization)
  return inverse
}

function createInverseTask(groupsOf: Adjacency, membersOf: Adjacency, threads: number): InverseTask {
  const size = groupsOf.offsets.length - 1
  const rows = tileRows(size)
  const arena = new Arena()
  const reserve = ({ offsets, neighbours }: Adjacency) => ({
    offsets: arena.reserve(offsets.byteLength),
    neighbours: arena.reserve(neighbours.byteLength),
  })
  const task = {
    size,
    rows,
    groups: membersOf.offsets.length - 1,
    pairs: groupsOf.neighbours.length,
    groupsOf: reserve(groupsOf),
    membersOf: reserve(membersOf),
    counter: arena.reserve(4),
    tiles: arena.reserve(tileBytes(size)),
    pivot: arena.reserve(TILE_BYTES),
    scaled: arena.reserve(rows * TILE_BYTES),
    transposed: arena.reserve(rows * TILE_BYTES),
    scratch: arena.reserve(threads * TILE_BYTES),
  }
  const memory = arena.allocate()
  for (const [at, { offsets, neighbours }] of [
    [task.groupsOf, groupsOf],
    [task.membersOf, membersOf],
  ] as const) {
    ints(memory, at.offsets, offsets.length).set(offsets)
    ints(memory, at.neighbours, neighbours.length).set(neighbours)
  }
  return { ...task, memory, kernel: compileTileKernel() }
}

/** Padding rows become rows of the identity, which inversion leaves unchanged. */
function addDiagonal(matrix: SymmetricTiles, size: number, regularization: number): void {
  for (let row = 0; row < matrix.size; row++)
    matrix.set(row, row, row < size ? matrix.at(row, row) + regularization : 1)
}

/** Writes the inverse of the pivot tile to `out` and replaces the tile by its negative. */
function sweepDiagonal(matrix: SymmetricTiles, pivot: number, out: Float32Array): void {
  const from = pivot * TILE_SIDE
  const lower = Float64Array.from({ length: TILE_SIDE * TILE_SIDE }, (_, at) =>
    matrix.at(from + Math.floor(at / TILE_SIDE), from + (at % TILE_SIDE)),
  )
  const cholesky = factorize(lower)
  for (let column = 0; column < TILE_SIDE; column++) {
    const unit = new Float64Array(TILE_SIDE)
    unit[column] = 1
    const solved = cholesky.solve(unit)
    for (let row = 0; row < TILE_SIDE; row++) {
      out[row * TILE_SIDE + column] = solved[row]!
      matrix.set(from + row, from + column, -solved[row]!)
    }
  }
}

function factorize(matrix: Float64Array): Cholesky {
  try {
    return new Cholesky(matrix, TILE_SIDE)
  } catch (cause) {
    throw tooSmall({ cause })
  }
}

const tooSmall = (options?: { cause: unknown }) =>
  invalid('the regularization is too small: float32 cannot invert the counts of these data', options)

/** Checks that (G + λI) times some columns of the inverse are columns of the identity. */
function checkColumns(
  inverse: SymmetricTiles,
  groupsOf: Adjacency,
  membersOf: Adjacency,
  regularization: number,
): void {
  const { size } = inverse
  const column = new Float32Array(size)
  for (const place of new Set([0, size >> 1, size - 1])) {
    inverse.row(place, -1, column)
    const sums = sumOver(membersOf, column)
    const back = sumOver(groupsOf, sums)
    let residual = 0
    for (let row = 0; row < size; row++) {
      const wanted = row === place ? 1 : 0
      residual = Math.max(residual, Math.abs(back[row]! + regularization * column[row]! - wanted))
    }
    if (!(residual < MAX_RESIDUAL)) throw tooSmall()
  }
}

function sumOver({ offsets, neighbours }: Adjacency, values: ArrayLike<number>): Float64Array {
  const sums = new Float64Array(offsets.length - 1)
  for (let row = 0; row < sums.length; row++)
    for (let n = offsets[row]!; n < offsets[row + 1]!; n++) sums[row]! += values[neighbours[n]!]!
  return sums
}
