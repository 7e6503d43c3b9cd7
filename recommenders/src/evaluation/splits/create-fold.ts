import { invalid } from '@cairn/platform/errors'
import type { Interactions } from '../../data/interactions.js'
import type { Fold, Targets } from './split.js'

/** Trains on the events before `trainEnds`; targets are the distinct new items of [trainEnds, targetEnds). */
export function createFold(events: Interactions, trainEnds: Int32Array, targetEnds: Int32Array): Fold {
  const { starts, itemOf, values } = events
  const users: number[] = []
  const offsets = [0]
  const chosen: number[] = []
  for (let user = 0; user < starts.length; user++) {
    const [start, from, to] = [starts[user]!, trainEnds[user]!, targetEnds[user]!]
    if (start === from || from === to) continue
    const seen = new Set(itemOf.subarray(start, from))
    for (let event = from; event < to; event++) {
      if (!seen.has(itemOf[event]!)) chosen.push(event)
      seen.add(itemOf[event]!)
    }
    if (chosen.length === offsets.at(-1)) continue
    users.push(user)
    offsets.push(chosen.length)
  }
  const targets = {
    users: Int32Array.from(users),
    offsets: Int32Array.from(offsets),
    items: Int32Array.from(chosen, (event) => itemOf[event]!),
    ...(values && { values: Float32Array.from(chosen, (event) => values[event]!) }),
  }
  return { train: { ...events, ends: trainEnds }, targets }
}

/** Keeps only the last target of each user. */
export const lastTargets = (targets: Targets): Targets => filterTargets(targets, (rows) => rows.slice(-1))

/** Keeps the targets rated `least` or more; drops users without any. */
export function targetsRatedAtLeast(targets: Targets, least: number): Targets {
  const values = ratingsOf(targets)
  return filterTargets(targets, (rows) => rows.filter((row) => values[row]! >= least))
}

/** Keeps the `count` best rated targets of each user, or all if fewer; the earlier of equal ratings wins. */
export function bestRatedTargets(targets: Targets, count: number): Targets {
  const values = ratingsOf(targets)
  return filterTargets(targets, (rows) =>
    rows.sort((a, b) => values[b]! - values[a]! || a - b).slice(0, count),
  )
}

function ratingsOf({ values }: Targets): Float32Array {
  if (!values) throw invalid('this protocol needs ratings, but the interactions have none')
  return values
}

/** Drops users for whom `choose` returns no rows. */
function filterTargets(targets: Targets, choose: (rows: number[]) => number[]): Targets {
  const users: number[] = []
  const offsets = [0]
  const kept: number[] = []
  for (let n = 0; n < targets.users.length; n++) {
    const [from, to] = [targets.offsets[n]!, targets.offsets[n + 1]!]
    kept.push(...choose(Array.from({ length: to - from }, (_, at) => from + at)))
    if (kept.length === offsets.at(-1)) continue
    users.push(targets.users[n]!)
    offsets.push(kept.length)
  }
  return {
    users: Int32Array.from(users),
    offsets: Int32Array.from(offsets),
    items: Int32Array.from(kept, (row) => targets.items[row]!),
    ...(targets.values && { values: Float32Array.from(kept, (row) => targets.values![row]!) }),
  }
}
