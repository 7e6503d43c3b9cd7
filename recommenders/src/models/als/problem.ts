import { normalStream } from '@cairn/platform/statistics/random'
import { type Adjacency, adjacency } from '../../data/adjacency.js'
import type { Interactions } from '../../data/interactions.js'
import { Arena, doubles, floats, ints } from '../../numeric/kernel/arena.js'
import { compileFactorKernel } from '../../numeric/kernel/factor-kernel.js'
import type { AlsParameters } from './parameters.js'

/** Gram matrices are always summed over this many slices, so that the number of threads does not change the result. */
export const GRAM_SLICES = 16

/** Users or items: pointers to their factors and to the neighbours of each row in shared memory. */
export interface AlsSide {
  readonly rows: number
  readonly offsets: number
  readonly neighbours: number
  readonly events: number
  /** The value y of each neighbour, float32; 0 if all values are 1. */
  readonly values: number
  readonly factors: number
  /** The loss of each row after it was last solved, float64. */
  readonly losses: number
}

export type AlsSideName = 'users' | 'items'

/** The data that all training threads share; pointers are byte offsets into `memory`. */
export interface AlsProblem {
  readonly memory: WebAssembly.Memory
  readonly kernel: WebAssembly.Module
  readonly params: AlsParameters
  /** Width of a factor row: `factors` rounded up to whole blocks, the rest zero. */
  readonly stride: number
  readonly block: number
  readonly users: AlsSide
  readonly items: AlsSide
  readonly counter: number
  /** GRAM_SLICES float64 matrices. */
  readonly slices: number
  /** α0 · FᵀF of the fixed side, float32. */
  readonly gram: number
  readonly scratch: number
  readonly scratchBytes: number
}

/** Copies the training data and initial factors into memory shared by `threads` threads. `values` are those of `lastValues`. */
export function createProblem(
  train: Interactions,
  params: AlsParameters,
  threads: number,
  values?: readonly [Float32Array, Float32Array],
): AlsProblem {
  const width = Math.ceil(params.factors / 8) * 8
  const block = Math.min(params.block_size, width)
  const stride = Math.ceil(width / block) * block
  const [byUser, byItem] = adjacency(train)
  const arena = new Arena()
  const reserve = ({ offsets, neighbours }: Adjacency): AlsSide => {
    const rows = offsets.length - 1
    return {
      rows,
      events: neighbours.length,
      offsets: arena.reserve(offsets.byteLength),
      neighbours: arena.reserve(neighbours.byteLength),
      values: values ? arena.reserve(neighbours.byteLength) : 0,
      factors: arena.reserve(rows * stride * 4),
      losses: arena.reserve(rows * 8),
    }
  }
  const users = reserve(byUser)
  const items = reserve(byItem)
  const scratchBytes = (longestRow(byUser, byItem) + 4 + block * block + block + 16) * 4
  const layout = {
    params,
    stride,
    block,
    users,
    items,
    counter: arena.reserve(4),
    slices: arena.reserve(GRAM_SLICES * stride * stride * 8),
    gram: arena.reserve(stride * stride * 4),
    scratchBytes: Math.ceil(scratchBytes / 64) * 64,
    scratch: arena.reserve((scratchBytes + 64) * threads),
  }
  const memory = arena.allocate()
  fill(memory, users, byUser, values?.[0])
  fill(memory, items, byItem, values?.[1])
  const problem = { ...layout, memory, kernel: compileFactorKernel() }
  initialize(problem)
  return problem
}

function longestRow(...sides: Adjacency[]): number {
  let longest = 0
  for (const { offsets } of sides)
    for (let row = 0; row + 1 < offsets.length; row++)
      longest = Math.max(longest, offsets[row + 1]! - offsets[row]!)
  return longest
}

function fill(
  memory: WebAssembly.Memory,
  side: AlsSide,
  { offsets, neighbours }: Adjacency,
  values?: Float32Array,
): void {
  ints(memory, side.offsets, offsets.length).set(offsets)
  ints(memory, side.neighbours, neighbours.length).set(neighbours)
  if (values) floats(memory, side.values, values.length).set(values)
}

/** Rows without events stay zero, which also minimizes the loss. */
function initialize({ memory, params, stride, users, items }: AlsProblem): void {
  const deviation = params.init_scale / Math.sqrt(params.factors)
  const normal = normalStream(params.seed)
  for (const side of [users, items]) {
    const offsets = ints(memory, side.offsets, side.rows + 1)
    const factors = floats(memory, side.factors, side.rows * stride)
    for (let row = 0; row < side.rows; row++)
      if (offsets[row + 1]! > offsets[row]!)
        for (let k = 0; k < params.factors; k++) factors[row * stride + k] = deviation * normal()
  }
}

/** Sums the partial Gram matrices in a fixed order, stores the sum times α0 and returns the sum. */
export function finishGram(problem: AlsProblem): Float64Array {
  const { memory, stride, params } = problem
  const size = stride * stride
  const slices = doubles(memory, problem.slices, GRAM_SLICES * size)
  const full = new Float64Array(size)
  for (let slice = 0; slice < GRAM_SLICES; slice++)
    for (let at = 0; at < size; at++) full[at]! += slices[slice * size + at]!
  for (let row = 0; row < stride; row++)
    for (let column = 0; column < row; column++) full[row * stride + column] = full[column * stride + row]!
  floats(memory, problem.gram, size).set(full.map((value) => value * params.unobserved_weight))
  return full
}
