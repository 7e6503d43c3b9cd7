import { useVirtualizer } from '@tanstack/react-virtual'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n/format.js'
import type { Column } from './columns.js'
import { RunsHeader } from './runs-header.js'
import { RunsRow } from './runs-row.js'
import { metricScales } from './scale.js'
import { nest } from './tree.js'
import { useColumnWindow } from './use-column-window.js'
import { useRowKeys } from './use-row-keys.js'
import type { useRuns } from './use-runs.js'
import type { useRunsState } from './use-runs-state.js'
import { useRunsTable } from './use-runs-table.js'

const ROW_PX = 34

interface RunsTableProps {
  readonly runs: ReturnType<typeof useRuns>
  readonly columns: readonly Column[]
  readonly state: ReturnType<typeof useRunsState>
}

export function RunsTable({ runs, columns, state }: RunsTableProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const scroller = useRef<HTMLDivElement>(null)
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(new Set())
  const data = useMemo(() => nest(runs.rows, collapsed), [runs.rows, collapsed])
  const nested = useMemo(() => data.some(({ children }) => children > 0), [data])
  const scales = useMemo(() => metricScales(runs.rows, columns), [runs.rows, columns])
  const table = useRunsTable(data, columns)
  const rowWindow = useVirtualizer({
    count: data.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => data[index]!.row.info.run_id,
    scrollPaddingStart: ROW_PX,
    overscan: 12,
  })
  const window = useColumnWindow(table, scroller)
  useMoreRows(rowWindow.getVirtualItems().at(-1)?.index ?? 0, data.length, runs)
  const toggle = useCallback((id: string) => setCollapsed((now) => flip(now, id)), [])
  const keys = useRowKeys({
    data,
    collapsed,
    toggle,
    state,
    scrollTo: (index) => rowWindow.scrollToIndex(index),
  })
  const selected = useMemo(() => new Set(state.selected), [state.selected])
  return (
    <div className="runs-scroll" ref={scroller}>
      <table
        className={nested ? 'runs-table nested' : 'runs-table'}
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: its rows fold and take the focus
        role="treegrid"
        aria-label={t('runs.table')}
        aria-rowcount={runs.hasNextPage ? -1 : data.length + 1}
        aria-colcount={columns.length + 1}
        aria-multiselectable="true"
        style={{ width: window.total }}
        onKeyDown={keys.onKeyDown}
      >
        <RunsHeader window={window} rows={runs.rows} selected={selected} state={state} />
        <tbody style={{ height: rowWindow.getTotalSize() }}>
          {rowWindow.getVirtualItems().map(({ index, start, key }) => (
            <RunsRow
              key={key}
              item={data[index]!}
              index={index}
              top={start}
              layout={window.layout}
              format={format}
              scales={scales}
              selected={selected.has(data[index]!.row.info.run_id)}
              collapsed={collapsed.has(data[index]!.row.info.run_id)}
              current={keys.current === data[index]!.row.info.run_id}
              onSelect={keys.select}
              onFocus={keys.setAt}
              onToggle={toggle}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function useMoreRows(last: number, count: number, runs: ReturnType<typeof useRuns>) {
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = runs
  useEffect(() => {
    if (last >= count - 20 && hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [last, count, hasNextPage, isFetchingNextPage, fetchNextPage])
}

function flip(set: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(set)
  if (!next.delete(id)) next.add(id)
  return next
}
