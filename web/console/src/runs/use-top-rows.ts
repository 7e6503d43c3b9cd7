import { type RefObject, useEffect, useRef } from 'react'
import { groupingId } from './grouping.js'
import { orderToText } from './order.js'
import type { RunsState } from './use-runs-state.js'

/** Scrolls to the first row when the table shows other runs, or the same in another order. */
export function useTopRows(scroller: RefObject<HTMLElement | null>, state: RunsState) {
  const { filter, order, deleted, groupBy } = state
  const shown = JSON.stringify([filter, order && orderToText(order), deleted, groupBy.map(groupingId)])
  const before = useRef(shown)
  useEffect(() => {
    if (before.current === shown) return
    before.current = shown
    scroller.current?.scrollTo({ top: 0 })
  }, [scroller, shown])
}
