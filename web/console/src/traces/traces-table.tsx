import { useVirtualizer } from '@tanstack/react-virtual'
import { useCallback, useEffect, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n/format.js'
import { RunNames } from '../runs/run-names.js'
import { Icon } from '../ui/icon.js'
import { NAME_PX, TRACE_COLUMNS, type TraceColumn } from './trace-cells.js'
import { TraceRow } from './trace-row.js'
import { traceRun } from './trace-values.js'
import { joinFilters, SORT_FIELDS, type TracesState } from './traces-state.js'
import { useListKeys } from './use-list-keys.js'
import type { Traces } from './use-traces.js'

const ROW_PX = 34

interface TracesTableProps {
  readonly traces: Traces
  readonly state: TracesState
  readonly selected: ReadonlySet<string>
  /** Absent without the right to change traces. */
  readonly onSelect: ((id: string) => void) | undefined
}

/** A virtual table: only the rows in view are in the page, and more pages load while scrolling. */
export function TracesTable({ traces, state, selected, onSelect }: TracesTableProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const scroller = useRef<HTMLDivElement>(null)
  const { rows } = traces
  const columns = useMemo(() => TRACE_COLUMNS.filter(({ id }) => state.columns.includes(id)), [state.columns])
  const rowWindow = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => rows[index]!.trace_id,
    scrollPaddingStart: ROW_PX,
    overscan: 12,
  })
  useMoreRows(rowWindow.getVirtualItems().at(-1)?.index ?? 0, traces)
  const keys = useListKeys({
    ids: useMemo(() => rows.map(({ trace_id }) => trace_id), [rows]),
    attribute: 'data-trace',
    scrollTo: (index) => rowWindow.scrollToIndex(index),
    onSelect,
  })
  const latest = useRef(state)
  latest.current = state
  const addFilter = useCallback((clause: string) => {
    const { filter, change } = latest.current
    change({ filter: joinFilters([filter, clause]) })
  }, [])
  const width = NAME_PX + columns.reduce((sum, column) => sum + column.width, 0)
  return (
    <div className="virtual-scroll" ref={scroller}>
      <table
        className="virtual-table trace-table"
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: its rows take the focus
        role="grid"
        aria-label={t('traces.table')}
        aria-rowcount={traces.hasNextPage ? -1 : rows.length + 1}
        aria-multiselectable={onSelect ? true : undefined}
        style={{ minWidth: width }}
        onKeyDown={keys.onKeyDown}
      >
        <TracesHeader columns={columns} state={state} />
        <tbody style={{ height: rowWindow.getTotalSize() }}>
          <RunNames ids={state.columns.includes('run') ? rows.map(traceRun) : []}>
            {rowWindow.getVirtualItems().map(({ index, start, key }) => (
              <TraceRow
                key={key}
                trace={rows[index]!}
                index={index}
                top={start}
                columns={columns}
                format={format}
                selected={selected.has(rows[index]!.trace_id)}
                current={keys.current === rows[index]!.trace_id}
                onSelect={onSelect}
                onFocus={keys.setAt}
                onFilter={addFilter}
              />
            ))}
          </RunNames>
        </tbody>
      </table>
    </div>
  )
}

function TracesHeader({ columns, state }: { columns: readonly TraceColumn[]; state: TracesState }) {
  const { t } = useTranslation()
  return (
    <thead>
      <tr aria-rowindex={1}>
        <SortableHead id="name" width={NAME_PX} label={t('traceColumn.name')} state={state} isPinned />
        {columns.map(({ id, width, isNumber }) => (
          <SortableHead
            key={id}
            id={id}
            width={width}
            isNumber={isNumber ?? false}
            label={t(`traceColumn.${id as 'time'}`)}
            state={state}
          />
        ))}
      </tr>
    </thead>
  )
}

interface SortableHeadProps {
  readonly id: string
  readonly label: string
  readonly width: number
  readonly isNumber?: boolean
  readonly isPinned?: boolean
  readonly state: TracesState
}

/** Sorts descending first, then ascending, then as the server does. */
function SortableHead({ id, label, width, isNumber = false, isPinned = false, state }: SortableHeadProps) {
  const { order, change } = state
  const direction = order === id ? 'ascending' : order === `-${id}` ? 'descending' : undefined
  const next = direction === 'descending' ? id : direction === 'ascending' ? '' : `-${id}`
  return (
    <th
      scope="col"
      className={isPinned ? 'pinned' : isNumber ? 'number' : undefined}
      aria-sort={direction}
      style={{ width, ...(!isPinned && !isNumber && { flexGrow: width }) }}
    >
      {id in SORT_FIELDS ? (
        <button type="button" className="sort" onClick={() => change({ order: next })}>
          {label}
          {direction && <Icon name={direction === 'ascending' ? 'up' : 'down'} size={12} />}
        </button>
      ) : (
        label
      )}
    </th>
  )
}

function useMoreRows(last: number, { rows, hasNextPage, isFetchingNextPage, fetchNextPage }: Traces) {
  useEffect(() => {
    if (last >= rows.length - 40 && hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [last, rows.length, hasNextPage, isFetchingNextPage, fetchNextPage])
}
