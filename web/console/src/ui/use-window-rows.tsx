import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useLayoutEffect, useRef, useState } from 'react'

interface WindowRowsOptions {
  readonly count: number
  /** The usual height of a row. */
  readonly rowPx: number
  readonly keyOf: (index: number) => string | number
}

/** The rows of a table near the window, which are the only ones in the page. */
export function useWindowRows({ count, rowPx, keyOf }: WindowRowsOptions) {
  const body = useRef<HTMLTableSectionElement>(null)
  const [top, setTop] = useState(0)
  // Panels above the table load later and move it.
  useLayoutEffect(() => {
    const now = body.current ? Math.round(body.current.getBoundingClientRect().top + scrollY) : 0
    if (now !== top) setTop(now)
  })
  const rows = useWindowVirtualizer({
    count,
    estimateSize: () => rowPx,
    getItemKey: keyOf,
    scrollMargin: top,
    overscan: 10,
  })
  const items = rows.getVirtualItems()
  return {
    body,
    items,
    measure: rows.measureElement,
    before: (items[0]?.start ?? top) - top,
    after: rows.getTotalSize() - ((items.at(-1)?.end ?? top) - top),
  }
}

/** The height of the rows that are not in the page. */
export const RowSpace = ({ height, columns }: { height: number; columns: number }) =>
  height > 0 ? (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a row without cells to focus
    <tr className="spacer" aria-hidden="true">
      <td colSpan={columns} style={{ height }} />
    </tr>
  ) : null
