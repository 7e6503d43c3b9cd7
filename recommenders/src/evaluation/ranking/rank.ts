import { invalid } from '@cairn/platform/errors'
import { doubles, floats, ints } from '../../numeric/kernel/arena.js'
import { threadCount, WorkerPool } from '../../numeric/worker-pool.js'
import type { FactorModel } from '../../scoring/factor-model.js'
import { asScorer, isFactorScorer } from '../../scoring/factor-scorer.js'
import type { Scorer } from '../../scoring/scorer.js'
import {
  createRankingTask,
  type RankingMessage,
  type RankingQueries,
  type RankingTask,
} from './ranking-task.js'

export interface RankOptions {
  /** Length of the lists. */
  k: number
  threads?: number
  signal?: AbortSignal
  /** Reports the number of users ranked so far; not called for factor models, which are ranked in one pass. */
  onRanked?: (users: number) => void
}

/** The top k of each of the targets' users, and the ranks of their targets. */
export interface Rankings {
  readonly k: number
  /** users × k item indices, best first; −1 after the last candidate. */
  readonly lists: Int32Array
  /** The rank of each target from 0 in the order of targets.items; ties have their mean rank, and non-candidates Infinity. */
  readonly meanRanks: Float64Array
  /** The same if the target loses every tie. */
  readonly pessimisticRanks: Float64Array
}

/**
 * Ranks the candidates of every user of `targets`. The result does not depend on the number of threads. Items are scored
 * in blocks: factor models by the ranking threads, other models into one of two shared buffers, so that the threads rank
 * one buffer while the model fills the other.
 *
 * Runs within 2× of its bound (`bench/ranking.ts`), which is the larger of two times: 2·users·items·dimensions FLOP at
 * the speed of the kernel's inner loop, and the memory traffic per thread: item factors are read once per tile of users,
 * each score is written once and read once for the list and once per target.
 */
export async function rank(
  model: Scorer | FactorModel,
  queries: RankingQueries,
  options: RankOptions,
): Promise<Rankings> {
  const threads = threadCount(options.threads)
  if (!Number.isInteger(options.k) || options.k < 1)
    throw invalid(`'k' must be a positive integer, not ${options.k}`)
  const scorer = asScorer(model)
  checkShape(scorer, queries)
  const task = createRankingTask(scorer, queries, options.k, threads)
  const pool = new WorkerPool<RankingMessage>(new URL('./rank.worker.js', import.meta.url), threads, task)
  try {
    if (task.factors) await pool.run('all', options.signal)
    else await rankBlocks(scorer, queries, task, pool, options)
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

function checkShape(scorer: Scorer, { histories: { items } }: RankingQueries): void {
  if (isFactorScorer(scorer) && scorer.itemFactors.length !== items.size * scorer.dimensions)
    throw invalid(
      `the model has ${scorer.itemFactors.length / scorer.dimensions} items, the interactions have ${items.size}`,
    )
}

async function rankBlocks(
  scorer: Scorer,
  { histories, targets: { users } }: RankingQueries,
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
