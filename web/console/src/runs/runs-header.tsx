import type { DragEvent, KeyboardEvent, MouseEvent, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Icon } from '../ui/icon.js'
import { ColumnMenu } from './column-menu.js'
import { movedBy, movedTo } from './column-moves.js'
import { type Column, columnFromId, isSortable } from './columns.js'
import { EyesMenu } from './eyes-menu.js'
import { nextOrder } from './order.js'
import type { RunRow } from './row.js'
import { useColumnLabel } from './use-column-label.js'
import type { LaidCell, RunsHeaderCell, useColumnWindow } from './use-column-window.js'
import type { RunsState } from './use-runs-state.js'

const DRAGGED = 'text/x-column'

interface RunsHeaderProps {
  readonly window: ReturnType<typeof useColumnWindow>
  readonly rows: readonly RunRow[]
  readonly columns: readonly Column[]
  readonly selected: ReadonlySet<string>
  readonly state: RunsState
}

export function RunsHeader({ window, rows, columns, selected, state }: RunsHeaderProps) {
  return (
    <thead>
      <tr aria-rowindex={1}>
        <HeaderCell header={window.name} state={state}>
          <SelectAll rows={rows} selected={selected} state={state} />
          {state.layout !== 'table' && <EyesMenu state={state} />}
        </HeaderCell>
        {window.headers.map(({ header, cell }) => (
          <HeaderCell key={header.id} header={header} state={state} cell={cell} columns={columns} />
        ))}
      </tr>
    </thead>
  )
}

function SelectAll({ rows, selected, state }: Pick<RunsHeaderProps, 'rows' | 'selected' | 'state'>) {
  const { t } = useTranslation()
  const all = rows.length > 0 && rows.every(({ info }) => selected.has(info.run_id))
  return (
    <input
      type="checkbox"
      aria-label={t('runs.selectAll')}
      checked={all}
      ref={(box) => {
        if (box) box.indeterminate = !all && selected.size > 0
      }}
      onChange={() => state.setSelected(all ? [] : rows.map(({ info }) => info.run_id))}
    />
  )
}

interface HeaderCellProps {
  readonly header: RunsHeaderCell
  readonly state: RunsState
  /** Absent for the name. */
  readonly cell?: LaidCell
  readonly columns?: readonly Column[]
  readonly children?: ReactNode
}

function HeaderCell({ header, state, cell, columns, children }: HeaderCellProps) {
  const column = columnFromId(header.id)!
  const { order } = state
  const label = useColumnLabel()
  const sorted = order?.column.id === column.id ? (order.ascending ? 'ascending' : 'descending') : undefined
  const isNumber = column.kind === 'metrics' || column.key === 'duration'
  const pinned = cell === undefined ? 'pinned' : cell.left === undefined ? '' : 'pinned fixed'
  const drop = columns && dropTarget(column, columns, state)
  const resize = header.getResizeHandler()
  const onMouseDown = (event: MouseEvent) => {
    event.preventDefault() // the wider column would put its draggable name below the pointer
    resize(event)
  }
  return (
    <th
      scope="col"
      aria-label={label(column)}
      data-column={column.id}
      aria-colindex={(cell?.index ?? -1) + 2}
      aria-sort={sorted ?? (isSortable(column) ? 'none' : undefined)}
      className={`${pinned} ${isNumber ? 'number' : ''}`}
      style={{
        width: header.getSize(),
        ...(cell?.left !== undefined && { insetInlineStart: cell.left }),
        ...(cell && cell.before > 0 && { marginInlineStart: cell.before }),
      }}
      {...drop}
    >
      {children}
      <SortButton column={column} sorted={sorted} state={state} columns={columns} />
      {columns && <ColumnMenu column={column} columns={columns} state={state} />}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a handle for the pointer; widths carry no information */}
      <span
        className="resizer"
        onMouseDown={onMouseDown}
        onTouchStart={resize}
        onDoubleClick={() => header.column.resetSize()}
      />
    </th>
  )
}

const dropTarget = (column: Column, columns: readonly Column[], state: RunsState) => ({
  onDragOver: (event: DragEvent) => {
    if (event.dataTransfer.types.includes(DRAGGED)) event.preventDefault()
  },
  onDrop: (event: DragEvent) => {
    event.preventDefault()
    state.setColumns(movedTo(columns, event.dataTransfer.getData(DRAGGED), column.id))
  },
})

interface SortButtonProps {
  readonly column: Column
  readonly sorted: 'ascending' | 'descending' | undefined
  readonly state: RunsState
  readonly columns: readonly Column[] | undefined
}

/** Sorts by a click. Is dragged, or moved by Alt and an arrow key, to another place. */
function SortButton({ column, sorted, state, columns }: SortButtonProps) {
  const { t } = useTranslation()
  const figure = column.kind === 'metrics' ? state.figures.get(column.key) : undefined
  const label = useColumnLabel()(column)
  const sortable = isSortable(column) && figure === undefined
  const onKeyDown = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0
    if (!event.altKey || by === 0 || !columns) return
    event.preventDefault()
    state.setColumns(movedBy(columns, column.id, by))
  }
  return (
    <button
      type="button"
      className="sort"
      title={column.id}
      aria-disabled={!sortable}
      draggable={columns !== undefined}
      onDragStart={(event) => {
        event.dataTransfer.setData(DRAGGED, column.id)
        event.dataTransfer.effectAllowed = 'move'
      }}
      onKeyDown={onKeyDown}
      onClick={() => sortable && state.setOrder(nextOrder(state.order, column))}
    >
      <span className="truncate">{label}</span>
      {figure && <small className="figure">{t(`runsTable.figure_${figure}`)}</small>}
      {sorted && <Icon name={sorted === 'ascending' ? 'up' : 'down'} size={12} />}
    </button>
  )
}
