import type { Interactions } from '../../data/interactions.js'
import { Arena, floats, ints } from '../../numeric/kernel/arena.js'
import { compileKernel } from '../../numeric/kernel/kernel.js'
import { fillPanels, wholePanels } from '../../numeric/kernel/panels.js'
import { type FactorScorer, isFactorScorer } from '../../scoring/factor-scorer.js'
import type { Scorer } from '../../scoring/scorer.js'
import type { Targets } from '../splits/split.js'

/** Users whose scores a thread computes together: an item's factors are read once for all of them. A multiple of 4. */
export const USERS_A_TILE = 16

/** Scores that a model is asked for at once: enough for it to batch, and few enough to stay out of the way. */
const BLOCK_BYTES = 32 * 1024 ** 2
const MOST_USERS_A_BLOCK = 1024

/** Of user n: items[offsets[n] … offsets[n + 1]). */
export interface ItemLists {
  readonly offsets: Int32Array
  readonly items: Int32Array
}

/** Who is asked about, and among what the targets are looked for. */
export interface Questions {
  /** What the scores come from. */
  readonly histories: Interactions
  readonly targets: Targets
  /** By item 1 or 0, the same for everybody, less the items of their history; or a list for each of the targets' users. */
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
  /** What a user is not asked about, or, with `only`, all that they are. */
  readonly only: boolean
  readonly listOffsets: number
  readonly listItems: number
  readonly listLength: number
  /** Items that are no candidate for anybody. */
  readonly excluded: number
  readonly excludedCount: number
  readonly targetOffsets: number
  readonly targetItems: number
  readonly lists: number
  readonly meanRanks: number
  readonly pessimisticRanks: number
  /** With factors: USERS_A_TILE rows of scores for each thread. Without: two blocks of `blockUsers` rows. */
  readonly scores: number
  /** Two int32 for each thread. */
  readonly counts: number
  readonly blockUsers: number
  readonly factors?: { readonly dimensions: number; readonly users: number; readonly panels: number }
}

/** What the threads are told: to score and rank everybody, or to rank a block that was scored for them. */
export type RankingMessage = 'all' | { readonly from: number; readonly to: number; readonly scores: number }

export function layOut(scorer: Scorer, questions: Questions, k: number, threads: number): RankingTask {
  const { histories, targets, candidates } = questions
  const users = targets.users.length
  const items = histories.items.size
  const only = !(candidates instanceof Uint8Array)
  const own = only ? candidates : historiesOf(histories, targets.users)
  const excluded = only ? new Int32Array() : zerosOf(candidates)
  const blockUsers = Math.min(MOST_USERS_A_BLOCK, users, Math.max(1, Math.floor(BLOCK_BYTES / (items * 4))))
  const scored = isFactorScorer(scorer) ? threads * USERS_A_TILE : 2 * blockUsers
  const arena = new Arena()
  const layout = {
    k,
    users,
    items,
    only,
    blockUsers,
    targets: targets.items.length,
    counter: arena.reserve(4),
    excluded: arena.reserve(excluded.length * 4),
    excludedCount: excluded.length,
    listOffsets: arena.reserve((users + 1) * 4),
    listItems: arena.reserve(own.items.length * 4),
    listLength: own.items.length,
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
  ints(memory, layout.listOffsets, users + 1).set(own.offsets)
  ints(memory, layout.listItems, own.items.length).set(own.items)
  ints(memory, layout.targetOffsets, users + 1).set(targets.offsets)
  ints(memory, layout.targetItems, targets.items.length).set(targets.items)
  if (factors) fillFactors(memory, scorer as FactorScorer, factors, questions)
  return { ...layout, memory, kernel: compileKernel(), ...(factors && { factors }) }
}

function reserveFactors(arena: Arena, { dimensions }: FactorScorer, users: number, items: number) {
  return {
    dimensions,
    users: arena.reserve((users + USERS_A_TILE) * dimensions * 4),
    panels: arena.reserve(wholePanels(items) * dimensions * 4),
  }
}

function fillFactors(
  memory: WebAssembly.Memory,
  { dimensions, itemFactors, userVectors }: FactorScorer,
  at: NonNullable<RankingTask['factors']>,
  { histories, targets: { users } }: Questions,
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

/** The items of each user's events. */
export function historiesOf({ starts, ends, itemOf }: Interactions, users: Int32Array): ItemLists {
  const offsets = new Int32Array(users.length + 1)
  for (let n = 0; n < users.length; n++) offsets[n + 1] = offsets[n]! + ends[users[n]!]! - starts[users[n]!]!
  const items = new Int32Array(offsets[users.length]!)
  for (let n = 0; n < users.length; n++)
    items.set(itemOf.subarray(starts[users[n]!], ends[users[n]!]), offsets[n]!)
  return { offsets, items }
}
