import { useVirtualizer } from '@tanstack/react-virtual'
import { type RefObject, useEffect } from 'react'
import { observeOwnAxis } from '../ui/observe-own-axis.js'

interface GridOptions {
  readonly scroller: RefObject<HTMLElement | null>
  readonly rows: number
  readonly columns: number
  readonly rowPx: number
  readonly columnPx: number
  /** Width of the first column, which stays in view. */
  readonly stickyPx: number
}

/** The rows and columns of a large table that are in view, and the space of the others around them. */
export function useGridWindow({ scroller, rows, columns, rowPx, columnPx, stickyPx }: GridOptions) {
  const getScrollElement = () => scroller.current
  const vertical = useVirtualizer({
    count: rows,
    getScrollElement,
    observeElementOffset: observeOwnAxis,
    estimateSize: () => rowPx,
    overscan: 8,
  })
  const horizontal = useVirtualizer({
    horizontal: true,
    count: columns,
    getScrollElement,
    observeElementOffset: observeOwnAxis,
    estimateSize: () => columnPx,
    paddingStart: stickyPx,
    overscan: 3,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: a wider column changes all positions
  useEffect(() => horizontal.measure(), [columnPx, stickyPx])
  const shownRows = vertical.getVirtualItems().map(({ index }) => index)
  const shownColumns = horizontal.getVirtualItems().map(({ index }) => index)
  const space = (shown: readonly number[], count: number, px: number) => ({
    before: (shown[0] ?? 0) * px,
    after: (count - 1 - (shown.at(-1) ?? count - 1)) * px,
  })
  return {
    rows: shownRows,
    columns: shownColumns,
    vertical: space(shownRows, rows, rowPx),
    horizontal: space(shownColumns, columns, columnPx),
  }
}

/** The height of rows out of view. */
export function Space({ px }: { px: number }) {
  return px > 0 ? <tr style={{ height: px }} /> : null
}
