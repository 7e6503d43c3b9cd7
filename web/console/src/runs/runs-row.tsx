import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Format } from '../i18n/format.js'
import { Icon } from '../ui/icon.js'
import { runName } from './row.js'
import { RunStatusMark } from './run-status.js'
import { RunsCell } from './runs-cell.js'
import type { Scales } from './scale.js'
import type { TreeRow } from './tree.js'
import type { CellLayout } from './use-column-window.js'

interface NameProps {
  readonly item: TreeRow
  readonly width: number
  readonly selected: boolean
  readonly collapsed: boolean
  /** Only the current row is in the tab order. */
  readonly current: boolean
  readonly onSelect: (id: string) => void
  readonly onToggle: (id: string) => void
}

interface RunsRowProps extends Omit<NameProps, 'width'> {
  readonly index: number
  readonly top: number
  readonly layout: CellLayout
  readonly format: Format
  readonly scales: Scales
  readonly onFocus: (id: string) => void
}

export const RunsRow = memo(function RunsRow(props: RunsRowProps) {
  const { index, top, layout, format, scales, onFocus, ...name } = props
  const { item, selected, collapsed, current } = name
  const { row, depth, children } = item
  return (
    <tr
      data-run={row.info.run_id}
      aria-rowindex={index + 2}
      aria-level={depth + 1}
      aria-selected={selected}
      aria-expanded={children > 0 ? !collapsed : undefined}
      tabIndex={current ? 0 : -1}
      style={{ transform: `translateY(${top}px)` }}
      onFocus={() => onFocus(row.info.run_id)}
    >
      <NameCell {...name} width={layout.nameWidth} />
      {layout.columns.map(({ column, index: columnIndex, width }, position) => (
        <RunsCell
          key={column.id}
          row={row}
          column={column}
          format={format}
          scales={scales}
          colIndex={columnIndex + 2}
          width={width}
          before={position === 0 ? layout.before : 0}
        />
      ))}
    </tr>
  )
})

const NameCell = memo(function NameCell(props: NameProps) {
  const { item, width, selected, current, onSelect } = props
  const { t } = useTranslation()
  const { row, depth } = item
  const name = runName(row.info)
  const reach = current ? 0 : -1
  return (
    <td className="pinned" aria-colindex={1} style={{ width }}>
      <input
        type="checkbox"
        tabIndex={reach}
        aria-label={t('runs.select', { name })}
        checked={selected}
        onChange={() => onSelect(row.info.run_id)}
      />
      {depth > 0 && <span className="indent" style={{ width: depth * 18 }} />}
      <Fold {...props} name={name} />
      <RunStatusMark status={row.info.status} />
      <Link
        className="truncate"
        tabIndex={reach}
        to="/experiments/$experimentId/runs/$runId"
        params={{ experimentId: row.info.experiment_id, runId: row.info.run_id }}
        title={name}
      >
        {name}
      </Link>
    </td>
  )
})

function Fold({ item, collapsed, current, name, onToggle }: NameProps & { name: string }) {
  const { t } = useTranslation()
  if (item.children === 0) return <span className="no-fold" />
  return (
    <button
      type="button"
      className="fold"
      tabIndex={current ? 0 : -1}
      aria-label={collapsed ? t('runs.expand', { name }) : t('runs.collapse', { name })}
      onClick={() => onToggle(item.row.info.run_id)}
    >
      <Icon name="chevron" size={12} />
    </button>
  )
}
