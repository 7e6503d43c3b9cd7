import type { Interactions } from '../../data/interactions.js'
import { historiesOf, type ItemLists } from '../../data/item-lists.js'
import { Arena, floats, ints } from '../../numeric/kernel/arena.js'
import { compileFactorKernel } from '../../numeric/kernel/factor-kernel.js'
import { fillPanels, wholePanels } from '../../numeric/kernel/panels.js'
import { type FactorScorer, isFactorScorer } from '../../scoring/factor-scorer.js'
import type { Scorer } from '../../scoring/scorer.js'
import type { Targets } from '../splits/split.js'

/** Users that a thread scores together, so that an item's factors are read once for all of them. A multiple of 4. */
export const USERS_PER_TILE = 16

/** Size of the score buffer that a model fills per call: large enough for batching, small enough to save memory. */
const BLOCK_BYTES = 32 * 1024 ** 2
const MAX_USERS_PER_BLOCK = 1024

/** One query per user: rank the candidates by the user's history and find the targets among them. */
export interface RankingQueries {
  /** The events that the model scores. */
  readonly histories: Interactions
  readonly targets: Targets
  /**
   * Either one mask (1 or 0 per item) for all users, from which each user's history is excluded, or one list for each of
   * the targets' users.
   */
  readonly candidates: Uint8Array | ItemLists
}

/** Shared by the ranking threads; pointers are byte offsets into `memory`. */
export interface RankingTask {
  readonly memory: WebAssembly.Memory
  readonly kernel: WebAssembly.Module
  readonly k: number
  readonly users: number
  readonly items: number
  readonly targets: number
  readonly counter: number
  /** True if the lists are the candidates of each user; false if they are the excluded items. */
  readonly listsAreCandidates: boolean
  readonly listOffsets: number
  readonly listItems: number
  readonly listLength: number
  /** Items that are excluded for all users. */
  readonly excluded: number
  readonly excludedCount: number
  readonly targetOffsets: number
  readonly targetItems: number
  readonly lists: number
  readonly meanRanks: number
  readonly pessimisticRanks: number
  /** For factor models USERS_PER_TILE rows of scores per thread, otherwise two blocks of `blockUsers` rows. */
  readonly scores: number
  /** Two int32 per thread. */
  readonly counts: number
  readonly blockUsers: number
  readonly factors?: { readonly dimensions: number; readonly users: number; readonly panels: number }
}

/** Tells the threads to score and rank all users, or to rank a block that is already scored. */
export type RankingMessage = 'all' | { readonly from: number; readonly to: number; readonly scores: number }

export function createRankingTask(
  scorer: Scorer,
  queries: RankingQueries,
  k: number,
  threads: number,
): RankingTask {
  const { histories, targets, candidates } = queries
  const users = targets.users.length
  const items = histories.items.size
  const listsAreCandidates = !(candidates instanceof Uint8Array)
  const lists = listsAreCandidates ? candidates : historiesOf(histories, targets.users)
  const excluded = listsAreCandidates ? new Int32Array() : zerosOf(candidates)
  const blockUsers = Math.min(MAX_USERS_PER_BLOCK, users, Math.max(1, Math.floor(BLOCK_BYTES / (items * 4))))
  const scored = isFactorScorer(scorer) ? threads * USERS_PER_TILE : 2 * blockUsers
  const arena = new Arena()
  const layout = {
    k,
    users,
    items,
    listsAreCandidates,
    blockUsers,
    targets: targets.items.length,
    counter: arena.reserve(4),
    excluded: arena.reserve(excluded.length * 4),
    excludedCount: excluded.length,
    listOffsets: arena.reserve((users + 1) * 4),
    listItems: arena.reserve(lists.items.length * 4),
    listLength: lists.items.length,
    targetOffsets: arena.reserve((users + 1) * 4),
    targetItems: arena.reserve(targets.items.length * 4),
    lists: arena.reserve(users * k * 4),
    meanRanks: arena.reserve(targets.items.length * 8),
    pessimisticRanks: arena.reserve(targets.items.length * 8),
    scores: arena.reserve(scored * wholePanels(items) * 4),
    counts: arena.reserve(threads * 8),
  }
  const factors = isFactorScorer(scorer) ? reserveFactors(arena, scorer, users, items) : undefined
  const memory = arena.allocate()
  ints(memory, layout.excluded, excluded.length).set(excluded)
  ints(memory, layout.listOffsets, users + 1).set(lists.offsets)
  ints(memory, layout.listItems, lists.items.length).set(lists.items)
  ints(memory, layout.targetOffsets, users + 1).set(targets.offsets)
  ints(memory, layout.targetItems, targets.items.length).set(targets.items)
  if (factors) fillFactors(memory, scorer as FactorScorer, factors, queries)
  return { ...layout, memory, kernel: compileFactorKernel(), ...(factors && { factors }) }
}

function reserveFactors(arena: Arena, { dimensions }: FactorScorer, users: number, items: number) {
  return {
    dimensions,
    users: arena.reserve((users + USERS_PER_TILE) * dimensions * 4),
    panels: arena.reserve(wholePanels(items) * dimensions * 4),
  }
}

function fillFactors(
  memory: WebAssembly.Memory,
  { dimensions, itemFactors, userVectors }: FactorScorer,
  at: NonNullable<RankingTask['factors']>,
  { histories, targets: { users } }: RankingQueries,
): void {
  floats(memory, at.users, users.length * dimensions).set(userVectors(histories, users))
  fillPanels(
    itemFactors,
    dimensions,
    floats(memory, at.panels, wholePanels(histories.items.size) * dimensions),
  )
}

const zerosOf = (allowed: Uint8Array) =>
  Int32Array.from([...allowed.keys()].filter((item) => allowed[item] === 0))
