import type { Plan, View } from '@cairn/flavors/two-stage/plan'
import type { Traits } from '@cairn/flavors/two-stage/traits'

/** Members whose scores of only the last n events are additional features. */
const LATEST_VIEWS: Readonly<Record<string, readonly number[]>> = {
  ease: [10, 3],
  ials: [20],
  markov_3: [1, 2],
}
/** Traits for which the distance between the item and the recent history is a feature. */
const GAPS = ['year', 'log_popularity']

export function createPlan(members: readonly string[], { numbers, labels }: Traits): Plan {
  const views = members.flatMap((member): View[] =>
    (LATEST_VIEWS[member] ?? []).map((latest) => ({ member, latest })),
  )
  const names = Object.keys(numbers)
  return {
    members,
    views,
    numbers: names,
    gaps: GAPS.filter((name) => names.includes(name)),
    labels: Object.keys(labels),
  }
}
