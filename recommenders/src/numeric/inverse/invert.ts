import { Cholesky } from '@cairn/flavors/als/cholesky'
import { invalid } from '@cairn/platform/errors'
import type { Adjacency } from '../../data/adjacency.js'
import { Arena, floats, ints } from '../kernel/arena.js'
import { threadCount, WorkerPool } from '../worker-pool.js'
import { compileKernel, SIDE, TILE_BYTES } from './kernel/kernel.js'
import { SymmetricTiles, tileBytes, tileRows } from './tiles.js'

/** Shared by the threads; pointers are byte offsets into `memory`. */
export interface InverseTask {
  readonly memory: WebAssembly.Memory
  readonly kernel: WebAssembly.Module
  /** Of the matrix, and of tiles. */
  readonly size: number
  readonly rows: number
  readonly groups: number
  readonly pairs: number
  readonly groupsOf: { readonly offsets: number; readonly neighbours: number }
  readonly membersOf: { readonly offsets: number; readonly neighbours: number }
  readonly counter: number
  readonly tiles: number
  /** The inverse of the pivot's tile. */
  readonly pivot: number
  /** One tile for each row of tiles. */
  readonly scaled: number
  readonly turned: number
  /** One tile a thread. */
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

/** Off by more in any of the checked columns, and float32 was not enough. */
const MOST_RESIDUAL = 0.01

/**
 * −(G + λI)⁻¹, where G counts for each pair of members the groups that have both: XᵀX of a matrix X of zeros and ones,
 * groups × members. In place, tile by tile, by the symmetric sweep (Goodnight 1979, "A tutorial on the SWEEP
 * operator"): n³ operations in float32, all of them in the threads; the tiles on the diagonal are inverted in float64.
 * The same bits whatever the number of threads.
 *
 * @throws INVALID_PARAMETER_VALUE when λ is too small for float32.
 */
export async function invertCounts(
  groupsOf: Adjacency,
  membersOf: Adjacency,
  regularization: number,
  { threads: given, signal, onStep }: InvertOptions = {},
): Promise<SymmetricTiles> {
  const threads = threadCount(given)
  signal?.throwIfAborted()
  const task = layOut(groupsOf, membersOf, threads)
  const { memory, rows } = task
  const matrix = new SymmetricTiles(memory, task.tiles, rows * SIDE)
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
      sweepDiagonal(matrix, pivot, floats(memory, task.pivot, SIDE * SIDE))
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

function layOut(groupsOf: Adjacency, membersOf: Adjacency, threads: number): InverseTask {
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
    turned: arena.reserve(rows * TILE_BYTES),
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
  return { ...task, memory, kernel: compileKernel() }
}

/** Rows beyond the matrix become those of the identity, which the inverse leaves alone. */
function addDiagonal(matrix: SymmetricTiles, size: number, regularization: number): void {
  for (let row = 0; row < matrix.size; row++)
    matrix.set(row, row, row < size ? matrix.at(row, row) + regularization : 1)
}

/** Puts the inverse of the pivot's tile into `out`, and its negative in the tile's place. */
function sweepDiagonal(matrix: SymmetricTiles, pivot: number, out: Float32Array): void {
  const from = pivot * SIDE
  const lower = Float64Array.from({ length: SIDE * SIDE }, (_, at) =>
    matrix.at(from + Math.floor(at / SIDE), from + (at % SIDE)),
  )
  const cholesky = factorize(lower)
  for (let column = 0; column < SIDE; column++) {
    const unit = new Float64Array(SIDE)
    unit[column] = 1
    const solved = cholesky.solve(unit)
    for (let row = 0; row < SIDE; row++) {
      out[row * SIDE + column] = solved[row]!
      matrix.set(from + row, from + column, -solved[row]!)
    }
  }
}

function factorize(matrix: Float64Array): Cholesky {
  try {
    return new Cholesky(matrix, SIDE)
  } catch (cause) {
    throw tooSmall({ cause })
  }
}

const tooSmall = (options?: { cause: unknown }) =>
  invalid('the regularization is too small for these data: float32 cannot invert their counts', options)

/** (G + λI) times some columns of the inverse must be those of the identity. */
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
    if (!(residual < MOST_RESIDUAL)) throw tooSmall()
  }
}

function sumOver({ offsets, neighbours }: Adjacency, values: ArrayLike<number>): Float64Array {
  const sums = new Float64Array(offsets.length - 1)
  for (let row = 0; row < sums.length; row++)
    for (let n = offsets[row]!; n < offsets[row + 1]!; n++) sums[row]! += values[neighbours[n]!]!
  return sums
}
