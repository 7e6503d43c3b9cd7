import { useEffect, useMemo, useRef, useState } from 'react'
import { flip } from '../ui/flip.js'
import { runItem } from './grid-items.js'
import { PAGE_RUNS } from './run-pages.js'
import { RunsGrid } from './runs-grid.js'
import type { TableProps } from './table-props.js'
import { nest } from './tree.js'
import { useRowActions } from './use-row-actions.js'
import type { Runs } from './use-runs.js'

/** The runs one by one, nested under their parents. */
export function RunsTable({ runs, rows, onColour, ...grid }: TableProps) {
  const { skipped } = runs
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(new Set())
  const items = useMemo(
    () =>
      nest(rows.others, collapsed).map((tree) =>
        runItem(tree, tree.depth, tree.children > 0 ? !collapsed.has(tree.row.info.run_id) : undefined),
      ),
    [rows.others, collapsed],
  )
  const pinned = useMemo(
    () => rows.pinned.map((row) => runItem({ row, depth: 0, children: 0 }, 0)),
    [rows.pinned],
  )
  const visible = useRef<readonly [first: number, last: number]>([0, 0])
  const readMore = useMoreRows(visible, items.length, runs)
  const toggle = (id: string) => setCollapsed((now) => flip(now, id))
  const shown = useMemo(() => [...pinned, ...items].map(({ id }) => id), [pinned, items])
  const actions = useRowActions({ state: grid.state, shown, toggle, onColour })
  return (
    <RunsGrid
      {...grid}
      pinned={pinned}
      items={items}
      skipped={skipped}
      hasMore={runs.hasNextPage}
      rows={rows.all}
      actions={actions}
      onRows={(first, last) => {
        visible.current = [first, last]
        readMore()
      }}
    />
  )
}

const MARGIN = 20

/**
 * Reads pages before they are scrolled into view: after each page, and when the returned function is called.
 *
 * @param count loaded rows
 */
function useMoreRows(visible: React.RefObject<readonly [number, number]>, count: number, runs: Runs) {
  const { hasNextPage, hasPreviousPage, isFetching, fetchNextPage, fetchPreviousPage, skipped, jumpTo } = runs
  const read = () => {
    const [first, last] = visible.current
    if (isFetching) return
    if (hasPreviousPage && last < skipped) void jumpTo(Math.floor(first / PAGE_RUNS))
    else if (hasPreviousPage && first < skipped + MARGIN) void fetchPreviousPage()
    else if (hasNextPage && last >= skipped + count - MARGIN) void fetchNextPage()
  }
  useEffect(read)
  return read
}
