import { useVirtualizer } from '@tanstack/react-virtual'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n/format.js'
import type { Column } from './columns.js'
import { PAGE_RUNS } from './run-pages.js'
import { RunsHeader } from './runs-header.js'
import { RunsRow } from './runs-row.js'
import { metricScales } from './scale.js'
import { nest } from './tree.js'
import { useColumnWindow } from './use-column-window.js'
import { useRowKeys } from './use-row-keys.js'
import type { Runs } from './use-runs.js'
import type { RunsState } from './use-runs-state.js'
import { useRunsTable } from './use-runs-table.js'

const ROW_PX = 34

interface RunsTableProps {
  readonly runs: Runs
  readonly columns: readonly Column[]
  readonly state: RunsState
}

export function RunsTable({ runs, columns, state }: RunsTableProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const scroller = useRef<HTMLDivElement>(null)
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(new Set())
  const data = useMemo(() => nest(runs.rows, collapsed), [runs.rows, collapsed])
  const nested = useMemo(() => data.some(({ children }) => children > 0), [data])
  const scales = useMemo(() => metricScales(runs.rows, columns), [runs.rows, columns])
  const { skipped } = runs
  const table = useRunsTable(data, columns)
  const rowWindow = useVirtualizer({
    count: skipped + data.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => data[index - skipped]?.row.info.run_id ?? index,
    scrollPaddingStart: ROW_PX,
    overscan: 12,
  })
  const window = useColumnWindow(table, scroller)
  const items = rowWindow.getVirtualItems()
  useMoreRows({ first: items[0]?.index ?? 0, last: items.at(-1)?.index ?? 0, count: data.length, runs })
  const toggle = useCallback((id: string) => setCollapsed((now) => flip(now, id)), [])
  const keys = useRowKeys({
    data,
    collapsed,
    toggle,
    state,
    scrollTo: (index) => rowWindow.scrollToIndex(skipped + index),
  })
  const selected = useMemo(() => new Set(state.selected), [state.selected])
  return (
    <div className="runs-scroll" ref={scroller}>
      <table
        className={nested ? 'runs-table nested' : 'runs-table'}
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: its rows fold and take the focus
        role="treegrid"
        aria-label={t('runs.table')}
        aria-rowcount={runs.hasNextPage ? -1 : skipped + data.length + 1}
        aria-colcount={columns.length + 1}
        aria-multiselectable="true"
        style={{ width: window.total }}
        onKeyDown={keys.onKeyDown}
      >
        <RunsHeader window={window} rows={runs.rows} selected={selected} state={state} />
        <tbody style={{ height: rowWindow.getTotalSize() }}>
          {items.map(({ index, start, key }) => {
            const item = data[index - skipped]
            if (!item) return <PendingRow key={key} index={index} top={start} />
            const { run_id } = item.row.info
            return (
              <RunsRow
                key={key}
                item={item}
                index={index}
                top={start}
                layout={window.layout}
                format={format}
                scales={scales}
                selected={selected.has(run_id)}
                collapsed={collapsed.has(run_id)}
                current={keys.current === run_id}
                onSelect={keys.select}
                onFocus={keys.setAt}
                onToggle={toggle}
              />
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

/** A row of a page that is read again. */
function PendingRow({ index, top }: { index: number; top: number }) {
  return (
    <tr aria-rowindex={index + 2} aria-busy="true" style={{ transform: `translateY(${top}px)` }}>
      <td className="pinned pending" aria-colindex={1} />
    </tr>
  )
}

interface VisibleRows {
  readonly first: number
  readonly last: number
  /** Loaded rows. */
  readonly count: number
  readonly runs: Runs
}

const MARGIN = 20

/** Reads pages before they are scrolled into view. */
function useMoreRows({ first, last, count, runs }: VisibleRows) {
  const { hasNextPage, hasPreviousPage, isFetching, fetchNextPage, fetchPreviousPage, skipped, jumpTo } = runs
  useEffect(() => {
    if (isFetching) return
    if (hasPreviousPage && last < skipped) void jumpTo(Math.floor(first / PAGE_RUNS))
    else if (hasPreviousPage && first < skipped + MARGIN) void fetchPreviousPage()
    else if (hasNextPage && last >= skipped + count - MARGIN) void fetchNextPage()
  })
}

function flip(set: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(set)
  if (!next.delete(id)) next.add(id)
  return next
}
