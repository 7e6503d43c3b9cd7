import { useTranslation } from 'react-i18next'
import { Icon } from '../ui/icon.js'
import { type Column, columnFromId, isSortable } from './columns.js'
import { nextOrder } from './order.js'
import type { RunRow } from './row.js'
import { useColumnLabel } from './use-column-label.js'
import type { RunsHeaderCell, useColumnWindow } from './use-column-window.js'
import type { RunsState } from './use-runs-state.js'

type State = RunsState

interface RunsHeaderProps {
  readonly window: ReturnType<typeof useColumnWindow>
  readonly rows: readonly RunRow[]
  readonly selected: ReadonlySet<string>
  readonly state: State
}

export function RunsHeader({ window, rows, selected, state }: RunsHeaderProps) {
  return (
    <thead>
      <tr aria-rowindex={1}>
        <HeaderCell header={window.name} state={state} pinned>
          <SelectAll rows={rows} selected={selected} state={state} />
        </HeaderCell>
        {window.headers.map(({ header, index }, position) => (
          <HeaderCell
            key={header.id}
            header={header}
            state={state}
            index={index}
            before={position === 0 ? window.layout.before : 0}
          />
        ))}
      </tr>
    </thead>
  )
}

function SelectAll({ rows, selected, state }: Omit<RunsHeaderProps, 'window'>) {
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
  readonly state: State
  readonly pinned?: boolean
  readonly index?: number
  readonly before?: number
  readonly children?: React.ReactNode
}

function HeaderCell({ header, state, pinned = false, index = -1, before = 0, children }: HeaderCellProps) {
  const column = columnFromId(header.id)!
  const { order } = state
  const sorted = order?.column.id === column.id ? (order.ascending ? 'ascending' : 'descending') : undefined
  const numeric = column.kind === 'metrics' || column.key === 'duration'
  return (
    <th
      scope="col"
      aria-colindex={index + 2}
      aria-sort={sorted ?? (isSortable(column) ? 'none' : undefined)}
      className={`${pinned ? 'pinned' : ''} ${numeric ? 'number' : ''}`}
      style={{ width: header.getSize(), marginInlineStart: before }}
    >
      {children}
      <SortButton column={column} sorted={sorted} onSort={() => state.setOrder(nextOrder(order, column))} />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a handle for the pointer; widths carry no information */}
      <span
        className="resizer"
        onMouseDown={header.getResizeHandler()}
        onTouchStart={header.getResizeHandler()}
        onDoubleClick={() => header.column.resetSize()}
      />
    </th>
  )
}

interface SortButtonProps {
  readonly column: Column
  readonly sorted: 'ascending' | 'descending' | undefined
  readonly onSort: () => void
}

function SortButton({ column, sorted, onSort }: SortButtonProps) {
  const label = useColumnLabel()(column)
  if (!isSortable(column))
    return (
      <span className="truncate" title={column.id}>
        {label}
      </span>
    )
  return (
    <button type="button" className="sort" title={column.id} onClick={onSort}>
      <span className="truncate">{label}</span>
      {sorted && <Icon name={sorted === 'ascending' ? 'up' : 'down'} size={12} />}
    </button>
  )
}
