import { invalid } from '@cairn/platform/errors'
import type { Interactions } from '../../data/interactions.js'
import type { Fold, Targets } from './split.js'

/** Targets are the distinct items of [trainEnds, targetEnds) that the user has not had in training. */
export function fold(events: Interactions, trainEnds: Int32Array, targetEnds: Int32Array): Fold {
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
export const lastTargets = (targets: Targets): Targets => keepTargets(targets, (rows) => rows.slice(-1))

/** The targets whose ratings reach `least`, of the users who have any. */
export function targetsRated(targets: Targets, least: number): Targets {
  const values = ratingsOf(targets)
  return keepTargets(targets, (rows) => rows.filter((row) => values[row]! >= least))
}

/** The `count` best rated targets of each user, the earlier of equal ones, or all where there are fewer. */
export function bestRated(targets: Targets, count: number): Targets {
  const values = ratingsOf(targets)
  return keepTargets(targets, (rows) => rows.sort((a, b) => values[b]! - values[a]! || a - b).slice(0, count))
}

function ratingsOf({ values }: Targets): Float32Array {
  if (!values) throw invalid('this protocol needs ratings, the interactions have none')
  return values
}

/** Users of whose targets `choose` keeps nothing are left out. */
function keepTargets(targets: Targets, choose: (rows: number[]) => number[]): Targets {
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
