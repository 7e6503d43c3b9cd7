import type { Interactions } from '../../data/interactions.js'
import { doubles, floats, ints } from '../../numeric/kernel/arena.js'
import { threadCount, WorkerPool } from '../../numeric/worker-pool.js'
import type { AlsTask } from './als.worker.js'
import type { AlsModel } from './model.js'
import { type AlsParameters, resolveAlsParameters } from './parameters.js'
import { type AlsProblem, type AlsSide, type AlsSideName, createProblem, finishGram } from './problem.js'

export interface Epoch {
  /** Starts at 1. */
  epoch: number
  /** The training objective divided by the number of distinct interactions. */
  loss: number
  seconds: number
  interactionsPerSecond: number
}

export interface TrainAlsOptions {
  threads?: number
  onEpoch?: (epoch: Epoch) => void | Promise<void>
  /** Stops the threads at once; the promise rejects with the signal's reason. */
  signal?: AbortSignal
}

/**
 * Implicit matrix factorization by iALS++ (Rendle et al. 2021, arXiv 2110.14044): minimizes
 * Σ_observed (1 − ŷ)² + α0 Σ_all ŷ² + λ Σ_rows (n + α0·columns)^ν ‖row‖², block by block of coordinates.
 * Equal data, parameters and seed produce the same bits for any number of threads.
 */
export async function trainAls(
  train: Interactions,
  overrides: Partial<AlsParameters> = {},
  options: TrainAlsOptions = {},
): Promise<AlsModel> {
  return factorize(train, resolveAlsParameters(overrides), options)
}

/** Like `trainAls`, with target `values` for the pairs, by user and by item; α0 may be 0, which ignores all other pairs. */
export async function factorize(
  train: Interactions,
  params: AlsParameters,
  options: TrainAlsOptions,
  values?: readonly [Float32Array, Float32Array],
): Promise<AlsModel> {
  const threads = threadCount(options.threads)
  options.signal?.throwIfAborted()
  const problem = createProblem(train, params, threads, values)
  const pool = new WorkerPool<AlsTask>(new URL('./als.worker.js', import.meta.url), threads, problem)
  try {
    await runEpochs(problem, pool, options)
    return model(train, problem)
  } finally {
    await pool.close()
  }
}

async function runEpochs(
  problem: AlsProblem,
  pool: WorkerPool<AlsTask>,
  options: TrainAlsOptions,
): Promise<void> {
  const counter = ints(problem.memory, problem.counter, 1)
  const run = (phase: AlsTask['phase'], side: AlsSideName) => {
    counter[0] = 0
    return pool.run({ phase, side }, options.signal)
  }
  const gramOf = async (side: AlsSideName) => {
    await run('gram', side)
    return finishGram(problem)
  }
  let items = await gramOf('items')
  for (let epoch = 1; epoch <= problem.params.epochs; epoch++) {
    const started = performance.now()
    await run('solve', 'users')
    const users = await gramOf('users')
    await run('solve', 'items')
    items = await gramOf('items')
    const seconds = (performance.now() - started) / 1000
    const interactionsPerSecond = problem.users.events / seconds
    const loss = lossOf(problem, users, items)
    if (!Number.isFinite(loss)) throw new RangeError(`the loss of epoch ${epoch} is ${loss}`)
    await options.onEpoch?.({ epoch, loss, seconds, interactionsPerSecond })
    options.signal?.throwIfAborted()
  }
}

/** Σ_all ŷ² is the inner product of the two Gram matrices. */
function lossOf(
  { memory, params, users, items }: AlsProblem,
  usersGram: Float64Array,
  itemsGram: Float64Array,
): number {
  let loss = 0
  for (const side of [users, items])
    for (const share of doubles(memory, side.losses, side.rows)) loss += share
  for (let at = 0; at < usersGram.length; at++)
    loss += params.unobserved_weight * usersGram[at]! * itemsGram[at]!
  return loss / users.events
}

function model(train: Interactions, problem: AlsProblem): AlsModel {
  const { memory, stride, params } = problem
  const unpadded = ({ factors, rows }: AlsSide) =>
    narrow(floats(memory, factors, rows * stride), stride, params.factors)
  return {
    params,
    users: train.users,
    items: train.items,
    dimensions: params.factors,
    userFactors: unpadded(problem.users),
    itemFactors: unpadded(problem.items),
  }
}

/** Copies the first `width` columns of a matrix with `stride` columns. */
function narrow(matrix: Float32Array, stride: number, width: number): Float32Array {
  const rows = matrix.length / stride
  const out = new Float32Array(rows * width)
  for (let row = 0; row < rows; row++)
    out.set(matrix.subarray(row * stride, row * stride + width), row * width)
  return out
}
