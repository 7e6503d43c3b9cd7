import { parentPort, workerData } from 'node:worker_threads'
import { doubles, floats, ints } from '../../numeric/kernel/arena.js'
import { startFactorKernel } from '../../numeric/kernel/factor-kernel.js'
import { claimRows } from '../../numeric/worker-pool.js'
import { type AlsProblem, type AlsSide, type AlsSideName, GRAM_SLICES } from './problem.js'

/** `gram`: sum FᵀF of a side. `solve`: one pass over a side while the other is fixed. */
export interface AlsTask {
  phase: 'gram' | 'solve'
  side: AlsSideName
}

const ROWS_PER_CLAIM = 32

const problem = workerData as AlsProblem & { thread: number }
const { memory, stride, params } = problem
const kernel = startFactorKernel(problem.kernel, memory)
const counter = ints(memory, problem.counter, 1)

function sumGram({ rows, factors }: AlsSide): void {
  const size = stride * stride
  for (const [slice] of claimRows(counter, GRAM_SLICES, 1)) {
    const from = Math.floor((slice * rows) / GRAM_SLICES)
    const to = Math.floor(((slice + 1) * rows) / GRAM_SLICES)
    const out = problem.slices + slice * size * 8
    doubles(memory, out, size).fill(0)
    kernel.gram(factors + from * stride * 4, to - from, stride, out)
  }
}

function solveRows(side: AlsSide, fixed: AlsSide, countsError: boolean): void {
  const offsets = ints(memory, side.offsets, side.rows + 1)
  const losses = doubles(memory, side.losses, side.rows)
  const solve = (row: number) => {
    const count = offsets[row + 1]! - offsets[row]!
    const penalty = penaltyOf(count, fixed.rows)
    const error = kernel.solve(
      side.factors + row * stride * 4,
      side.neighbours + offsets[row]! * 4,
      side.values && side.values + offsets[row]! * 4,
      count,
      fixed.factors,
      problem.gram,
      stride,
      problem.block,
      penalty,
      problem.scratch + problem.thread * problem.scratchBytes,
    )
    losses[row] = (countsError ? error : 0) + penalty * squaredNorm(side.factors + row * stride * 4)
  }
  for (const [from, to] of claimRows(counter, side.rows, ROWS_PER_CLAIM))
    for (let row = from; row < to; row++) if (offsets[row + 1]! > offsets[row]!) solve(row)
}

const penaltyOf = (count: number, columns: number) =>
  params.regularization * (count + params.unobserved_weight * columns) ** params.regularization_exponent

function squaredNorm(pointer: number): number {
  let sum = 0
  for (const value of floats(memory, pointer, stride)) sum += value * value
  return sum
}

parentPort!.on('message', ({ phase, side }: AlsTask) => {
  const other = side === 'users' ? problem.items : problem.users
  if (phase === 'gram') sumGram(problem[side])
  else solveRows(problem[side], other, side === 'items') // items are solved last, so their errors are those of the epoch
  parentPort!.postMessage('done')
})
