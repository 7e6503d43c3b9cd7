import { invalid } from '@cairn/platform/errors'
import { countByItem, type Interactions } from '../../data/interactions.js'
import type { FactorModel } from '../../scoring/factor-model.js'

const DAY_MS = 86_400_000

/**
 * An item's score is its number of training events, the same for all users. With `days` only events in this many days
 * before the latest training event count; times are milliseconds.
 */
export const trainPopularity = (train: Interactions, days = 0): FactorModel => ({
  dimensions: 1,
  userFactors: new Float32Array(train.users.size).fill(1),
  itemFactors: Float32Array.from(days === 0 ? countByItem(train) : countRecent(train, days)),
})

function countRecent({ items, starts, ends, itemOf, times }: Interactions, days: number): Int32Array {
  if (!times) throw invalid('popularity within a window needs timestamps, but the events have none')
  let latest = Number.NEGATIVE_INFINITY
  for (let user = 0; user < starts.length; user++)
    if (starts[user]! < ends[user]!) latest = Math.max(latest, times[ends[user]! - 1]!)
  const counts = new Int32Array(items.size)
  for (let user = 0; user < starts.length; user++)
    for (let event = ends[user]! - 1; event >= starts[user]!; event--) {
      if (times[event]! <= latest - days * DAY_MS) break // each user's events are in time order
      counts[itemOf[event]!]!++
    }
  return counts
}
