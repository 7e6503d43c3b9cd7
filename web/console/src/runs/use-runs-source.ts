import { useMemo } from 'react'
import type { RunsSource } from '../reports/card-block.js'
import { groupingId } from './grouping.js'
import { orderBy } from './order.js'
import { EYES } from './run-appearance.js'
import type { RunsState } from './use-runs-state.js'

/** The search of the runs that charts show; the runs are chosen once eyes are toggled or runs pinned. */
export function useRunsSource({
  filter,
  order,
  eyes,
  toggled,
  pins,
  deleted,
  groupBy,
}: RunsState): RunsSource {
  const isChosen = toggled.size > 0 || pins.length > 0
  const ordered = order && orderBy(order)
  return useMemo(
    () => ({
      ...{ filter, order: ordered, deleted, groupBy: groupBy.map(groupingId) },
      limit: isChosen ? undefined : EYES[eyes],
    }),
    [filter, ordered, eyes, isChosen, deleted, groupBy],
  )
}
