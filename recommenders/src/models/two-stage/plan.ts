import type { Plan, View } from '@cairn/flavors/two-stage/plan'
import type { Traits } from '@cairn/flavors/two-stage/traits'

/** What some members say when only the end of the history is asked. */
const LATEST: Readonly<Record<string, readonly number[]>> = { ease: [10, 3], ials: [20], markov_3: [1, 2] }
/** Numbers of which it counts how far an item is from what was taken lately. */
const GAPS = ['year', 'log_popularity']

export function planOf(members: readonly string[], { numbers, labels }: Traits): Plan {
  const views = members.flatMap((member): View[] =>
    (LATEST[member] ?? []).map((latest) => ({ member, latest })),
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
