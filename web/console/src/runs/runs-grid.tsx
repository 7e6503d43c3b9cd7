import { useVirtualizer } from '@tanstack/react-virtual'
import { useCallback, useEffect, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { type Format, useFormat } from '../i18n/format.js'
import { observeOwnAxis } from '../ui/observe-own-axis.js'
import type { Column } from './columns.js'
import type { GridItem, RunItem } from './grid-items.js'
import { GroupRow } from './group-row.js'
import { NoteRow, PendingRow } from './note-row.js'
import type { RunRow } from './row.js'
import type { Appearances } from './run-appearance.js'
import { RunsHeader } from './runs-header.js'
import { RunsRow } from './runs-row.js'
import { metricDecimals, metricScales, type Scales } from './scale.js'
import { type CellLayout, useColumnWindow } from './use-column-window.js'
import type { Figures } from './use-figures.js'
import type { RowActions } from './use-row-actions.js'
import { useRowKeys } from './use-row-keys.js'
import type { RunsState } from './use-runs-state.js'
import { useRunsTable } from './use-runs-table.js'
import { useTopRows } from './use-top-rows.js'

const ROW_PX = 34

export interface RunsGridProps {
  /** Rows that stay above the others. */
  readonly pinned: readonly RunItem[]
  readonly items: readonly GridItem[]
  /** Rows before the items, which are read when they are scrolled into view. */
  readonly skipped: number
  readonly hasMore: boolean
  /** All runs of the items. */
  readonly rows: readonly RunRow[]
  readonly columns: readonly Column[]
  readonly state: RunsState
  readonly appearances: Appearances
  readonly figures: Figures
  readonly actions: RowActions
  /** Called with the index of the first column in view. */
  readonly onColumn: (first: number) => void
  /** Called with the indexes of the first and last rendered row when they change. */
  readonly onRows?: (first: number, last: number) => void
}

/** A virtual tree grid of runs and groups of runs. */
export function RunsGrid(props: RunsGridProps) {
  const { pinned, items, skipped, rows, columns, state, actions } = props
  const { t } = useTranslation()
  const scroller = useRef<HTMLDivElement>(null)
  const format = useFormat()
  const scales = useMemo(() => metricScales(rows, columns), [rows, columns])
  const { figures } = props
  const decimals = useMemo(() => metricDecimals(rows, columns, figures), [rows, columns, figures])
  const table = useRunsTable(columns, state.fixed)
  // With a new function, the positions of all rows are computed again.
  const getItemKey = useCallback((index: number) => items[index - skipped]?.id ?? index, [items, skipped])
  const rowWindow = useVirtualizer({
    count: skipped + items.length,
    getScrollElement: () => scroller.current,
    observeElementOffset: observeOwnAxis,
    estimateSize: () => ROW_PX,
    getItemKey,
    scrollPaddingStart: ROW_PX * (1 + pinned.length),
    overscan: 12,
  })
  useTopRows(scroller, state)
  const window = useColumnWindow(table, scroller, state.figures)
  const firstColumn = window.headers.find(({ cell }) => cell.left === undefined)?.cell.index ?? 0
  // biome-ignore lint/correctness/useExhaustiveDependencies: the callback changes with each render
  useEffect(() => props.onColumn(firstColumn), [firstColumn])
  const visible = rowWindow.getVirtualItems()
  const [first, last] = [visible[0]?.index ?? 0, visible.at(-1)?.index ?? 0]
  // biome-ignore lint/correctness/useExhaustiveDependencies: the callback changes with each render
  useEffect(() => props.onRows?.(first, last), [first, last])
  const all = useMemo(() => [...pinned, ...items], [pinned, items])
  const keys = useRowKeys({
    items: all,
    actions,
    scrollTo: (index) => index >= pinned.length && rowWindow.scrollToIndex(skipped + index - pinned.length),
  })
  const selected = useMemo(() => new Set(state.selected), [state.selected])
  const shared = { ...props, layout: window.layout, format, scales, decimals, selected, onFocus: keys.setAt }
  const row = (item: GridItem, index: number, top?: number) => (
    <GridRow key={item.id} {...shared} {...{ item, index, top }} current={keys.current === item.id} />
  )
  const nested = items.some(({ expanded }) => expanded !== undefined)
  return (
    <div className="virtual-scroll" ref={scroller}>
      <table
        className={nested ? 'virtual-table runs-table nested' : 'virtual-table runs-table'}
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: its rows fold and take the focus
        role="treegrid"
        aria-label={t('runs.table')}
        aria-rowcount={props.hasMore ? -1 : skipped + all.length + 1}
        aria-colcount={columns.length + 1}
        aria-multiselectable="true"
        style={{ width: window.total }}
        onKeyDown={keys.onKeyDown}
      >
        <RunsHeader window={window} rows={rows} columns={columns} selected={selected} state={state} />
        {pinned.length > 0 && <tbody className="pinned-rows">{pinned.map((item, i) => row(item, i))}</tbody>}
        <tbody style={{ height: rowWindow.getTotalSize() }}>
          {visible.map(({ index, start, key }) => {
            const item = items[index - skipped]
            const place = index + pinned.length
            return item ? row(item, place, start) : <PendingRow key={key} index={place} top={start} />
          })}
        </tbody>
      </table>
    </div>
  )
}

interface GridRowProps extends Pick<RunsGridProps, 'state' | 'appearances' | 'figures' | 'actions'> {
  readonly item: GridItem
  readonly index: number
  /** Undefined for a row that stays above the others. */
  readonly top: number | undefined
  readonly current: boolean
  readonly selected: ReadonlySet<string>
  readonly layout: CellLayout
  readonly format: Format
  readonly scales: Scales
  readonly decimals: ReadonlyMap<string, number>
  readonly onFocus: (id: string) => void
}

function GridRow({ item, state, appearances, selected, ...place }: GridRowProps) {
  if (item.type === 'note') return <NoteRow item={item} {...at(place)} />
  const { layout, format, actions, figures, scales, decimals } = place
  const cells = { layout, format, actions, ...at(place) }
  if (item.type === 'group') return <GroupRow item={item} spread={state.spread} {...cells} />
  const appearance = appearances.get(item.id)
  return (
    <RunsRow
      {...cells}
      tree={item.tree}
      depth={item.depth}
      expanded={item.expanded}
      {...{ scales, figures, decimals }}
      selected={selected.has(item.id)}
      color={state.layout === 'table' ? undefined : appearance?.color}
      visible={appearance?.visible ?? false}
      pinned={place.top === undefined}
    />
  )
}

/** Only the properties that a memoized row needs: others change with each render. */
const at = ({
  index,
  top,
  current,
  onFocus,
}: Pick<GridRowProps, 'index' | 'top' | 'current' | 'onFocus'>) => ({
  ...{ index, top, current, onFocus },
})
