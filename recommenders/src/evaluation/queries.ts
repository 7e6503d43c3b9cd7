import { countByItem } from '../data/interactions.js'
import type { ItemLists } from '../data/item-lists.js'
import { withNegatives } from './negatives.js'
import type { Candidates, Protocol, TargetRule } from './protocol.js'
import type { RankingQueries } from './ranking/ranking-task.js'
import { bestRatedTargets, lastTargets, targetsRatedAtLeast } from './splits/create-fold.js'
import type { Fold, Targets } from './splits/split.js'

/** The ranking queries of a protocol on a fold, and the statistics of its catalogue. */
export interface ProtocolQueries {
  readonly queries: RankingQueries
  /** Number of items that can be candidates. */
  readonly catalogueSize: number
  /** Training events by item. */
  readonly counts: Int32Array
}

export function protocolQueries(fold: Fold, protocol: Protocol): ProtocolQueries {
  const { train, histories = train } = fold
  const counts = countByItem(train)
  const targets = relevantOf(fold.targets, protocol.targets)
  const trainedOnly = protocol.candidates === 'train-items' || protocol.candidates === 'own-test-items'
  const allowed = Uint8Array.from(counts, (count) => (count > 0 || !trainedOnly ? 1 : 0))
  const candidates = candidatesOf(fold, targets, protocol.candidates, { allowed, counts })
  const catalogueSize = allowed.reduce((sum, one) => sum + one, 0)
  return { queries: { histories, targets, candidates }, catalogueSize, counts }
}

function relevantOf(targets: Targets, relevant: TargetRule): Targets {
  if (relevant === 'all') return targets
  if (relevant === 'last') return lastTargets(targets)
  return 'bestRated' in relevant
    ? bestRatedTargets(targets, relevant.bestRated)
    : targetsRatedAtLeast(targets, relevant.ratedAtLeast)
}

function candidatesOf(
  { train, histories = train, targets: all }: Fold,
  targets: Targets,
  candidates: Candidates,
  { allowed, counts }: { allowed: Uint8Array; counts: Int32Array },
): RankingQueries['candidates'] {
  if (candidates === 'all-items' || candidates === 'train-items') return allowed
  if (candidates === 'own-test-items') return listsOf(all, targets.users)
  const weights = candidates.drawn === 'uniformly' ? allowed : counts
  return withNegatives(histories, targets, weights, candidates)
}

/** All held-out items of `users`, which is a subsequence of `all.users`. */
function listsOf(all: Targets, users: Int32Array): ItemLists {
  const offsets = [0]
  const items: number[] = []
  for (let n = 0; n < all.users.length; n++) {
    if (all.users[n] !== users[offsets.length - 1]) continue
    items.push(...all.items.subarray(all.offsets[n], all.offsets[n + 1]))
    offsets.push(items.length)
  }
  return { offsets: Int32Array.from(offsets), items: Int32Array.from(items) }
}
