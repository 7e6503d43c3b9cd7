import { invalid } from '@cairn/platform/errors'
import { doubles, floats, ints } from '../../numeric/kernel/arena.js'
import { threadCount, WorkerPool } from '../../numeric/worker-pool.js'
import type { FactorModel } from '../../scoring/factor-model.js'
import { asScorer, isFactorScorer } from '../../scoring/factor-scorer.js'
import type { Scorer } from '../../scoring/scorer.js'
import { layOut, type Questions, type RankingMessage, type RankingTask } from './ranking-task.js'

export interface RankOptions {
  /** Length of the lists. */
  k: number
  threads?: number
  signal?: AbortSignal
  /** Users ranked so far; a factor model is ranked in one go. */
  onRanked?: (users: number) => void
}

/** For each of the targets' users: the top of the ranking, and where in it the targets are. */
export interface Rankings {
  readonly k: number
  /** users × k dense items, best first, −1 beyond the last candidate. */
  readonly lists: Int32Array
  /** Rank from 0 of each target, ties by their mean; Infinity when it is no candidate. In the order of targets.items. */
  readonly meanRanks: Float64Array
  /** The same with every tie lost. */
  readonly pessimisticRanks: Float64Array
}

/**
 * Ranks the candidates of every user of `targets`. The answer does not depend on the number of threads. Items are
 * scored in blocks: factor models by the threads that rank, other models into one of two shared buffers, of which the
 * threads rank one while the model fills the other.
 *
 * Within 2× of its bound (`bench/ranking.ts`): the larger of 2·users·items·dimensions FLOP at the speed of the kernel's
 * inner loop, and of the bytes that must move, by `threads`: item factors once for each tile of users, each score
 * written once and read once for the list and once for each target.
 */
export async function rank(
  model: Scorer | FactorModel,
  questions: Questions,
  options: RankOptions,
): Promise<Rankings> {
  const threads = threadCount(options.threads)
  if (!Number.isInteger(options.k) || options.k < 1)
    throw invalid(`'k' must be a positive integer, not ${options.k}`)
  const scorer = asScorer(model)
  checkShape(scorer, questions)
  const task = layOut(scorer, questions, options.k, threads)
  const pool = new WorkerPool<RankingMessage>(new URL('./rank.worker.js', import.meta.url), threads, task)
  try {
    if (task.factors) await pool.run('all', options.signal)
    else await rankBlocks(scorer, questions, task, pool, options)
  } finally {
    await pool.close()
  }
  const { memory, users, k, targets } = task
  return {
    k,
    lists: ints(memory, task.lists, users * k).slice(),
    meanRanks: doubles(memory, task.meanRanks, targets).slice(),
    pessimisticRanks: doubles(memory, task.pessimisticRanks, targets).slice(),
  }
}

function checkShape(scorer: Scorer, { histories: { items } }: Questions): void {
  if (isFactorScorer(scorer) && scorer.itemFactors.length !== items.size * scorer.dimensions)
    throw invalid(
      `the model has ${scorer.itemFactors.length / scorer.dimensions} items, the interactions have ${items.size}`,
    )
}

async function rankBlocks(
  scorer: Scorer,
  { histories, targets: { users } }: Questions,
  { memory, counter, scores, items, blockUsers }: RankingTask,
  pool: WorkerPool<RankingMessage>,
  { signal, onRanked }: RankOptions,
): Promise<void> {
  let ranked: Promise<unknown> = Promise.resolve()
  let other = scores + blockUsers * items * 4
  let free = scores
  for (let from = 0; from < users.length; from += blockUsers) {
    const to = Math.min(from + blockUsers, users.length)
    const into = floats(memory, free, (to - from) * items)
    await scorer.score(histories, users.subarray(from, to), into, signal)
    await ranked
    onRanked?.(from)
    ints(memory, counter, 1)[0] = 0
    ranked = pool.run({ from, to, scores: free }, signal)
    ranked.catch(() => {}) // awaited below, unless scoring fails first
    const filled = free
    free = other
    other = filled
  }
  await ranked
  onRanked?.(users.length)
}
