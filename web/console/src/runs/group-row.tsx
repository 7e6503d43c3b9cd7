import type { MetricStatistics } from '@cairn/platform/protocol/cairn/run-tables'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Format } from '../i18n/format.js'
import { Icon } from '../ui/icon.js'
import type { Column } from './columns.js'
import type { GroupItem } from './grid-items.js'
import { CellPlace, indentOf } from './runs-row.js'
import { intervalHalf, type Spread } from './spread.js'
import type { CellLayout } from './use-column-window.js'
import { useGroupingLabel } from './use-grouping-label.js'
import type { RowActions } from './use-row-actions.js'

interface GroupRowProps {
  readonly item: GroupItem
  readonly index: number
  readonly top: number | undefined
  readonly layout: CellLayout
  readonly format: Format
  readonly spread: Spread
  readonly current: boolean
  readonly actions: RowActions
  readonly onFocus: (id: string) => void
}

/** A group: its value, its number of runs, and the mean of each metric with its spread. */
export const GroupRow = memo(function GroupRow(props: GroupRowProps) {
  const { item, index, top = 0, layout, format, spread, current, actions, onFocus } = props
  const { t } = useTranslation()
  const label = useGroupingLabel()
  const { id, by, group, depth, expanded = false } = item
  const value = group.value ?? t('runsTable.noValue')
  const name = `${label(by)}: ${value}`
  const byMetric = new Map(group.metrics.map((one) => [one.key, one]))
  return (
    <tr
      data-row={id}
      className="group-row"
      aria-rowindex={index + 2}
      aria-level={depth + 1}
      aria-expanded={expanded}
      tabIndex={current ? 0 : -1}
      style={{ transform: `translateY(${top}px)` }}
      onFocus={() => onFocus(id)}
    >
      <td className="pinned" aria-colindex={1} style={{ width: layout.nameWidth, ...indentOf(depth) }}>
        <button
          type="button"
          className="fold"
          tabIndex={current ? 0 : -1}
          aria-label={expanded ? t('runs.collapse', { name }) : t('runs.expand', { name })}
          onClick={() => actions.toggle(id)}
        >
          <Icon name="chevron" size={12} />
        </button>
        <span className="truncate" title={name}>
          <span className="muted">{label(by)}</span> <strong>{value}</strong>
        </span>
        <span className="group-count">{t('runs.count', { count: group.count })}</span>
      </td>
      {layout.columns.map((cell) => (
        <CellPlace key={cell.column.id} cell={cell}>
          <GroupFigure
            column={cell.column}
            statistics={byMetric.get(cell.column.key)}
            {...{ spread, format }}
          />
        </CellPlace>
      ))}
    </tr>
  )
})

interface GroupFigureProps {
  readonly column: Column
  readonly statistics: MetricStatistics | undefined
  readonly spread: Spread
  readonly format: Format
}

function GroupFigure({ column, statistics, spread, format }: GroupFigureProps) {
  const { t } = useTranslation()
  if (column.kind !== 'metrics' || !statistics) return null
  const { mean, min, max, std, count } = statistics
  const half = spread === 'std' ? std : intervalHalf(statistics)
  const shown =
    spread === 'range'
      ? `${format.metric(min)}–${format.metric(max)}`
      : half === undefined
        ? ''
        : `± ${format.metric(half)}`
  const facts = { count, mean, min, max, std: std ?? '–' }
  return (
    <span className="group-figure" title={t('runsTable.figures', facts)}>
      {format.metric(mean)} <small className="muted">{shown}</small>
    </span>
  )
}
