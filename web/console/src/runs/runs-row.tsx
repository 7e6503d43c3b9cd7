import { Link } from '@tanstack/react-router'
import { memo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Format } from '../i18n/format.js'
import { Icon } from '../ui/icon.js'
import { runName } from './row.js'
import { RunStatusMark } from './run-status.js'
import { CellValue } from './runs-cell.js'
import type { Scales } from './scale.js'
import type { TreeRow } from './tree.js'
import type { CellLayout, LaidCell } from './use-column-window.js'
import type { Figures } from './use-figures.js'
import type { RowActions } from './use-row-actions.js'

const INDENT_PX = 18

interface NameProps {
  readonly tree: TreeRow
  readonly depth: number
  readonly expanded: boolean | undefined
  readonly selected: boolean
  /** Only the current row is in the tab order. */
  readonly current: boolean
  readonly pinned: boolean
  /** Undefined where no chart shows it. */
  readonly color: string | undefined
  readonly visible: boolean
  readonly actions: RowActions
}

interface RunsRowProps extends NameProps {
  readonly index: number
  /** Undefined for a row that stays above the others. */
  readonly top: number | undefined
  readonly layout: CellLayout
  readonly format: Format
  readonly scales: Scales
  readonly figures: Figures
  readonly decimals: ReadonlyMap<string, number>
  readonly onFocus: (id: string) => void
}

export const RunsRow = memo(function RunsRow(props: RunsRowProps) {
  const { index, top, layout, format, scales, figures, decimals, onFocus, ...name } = props
  const { tree, depth, expanded, selected, current } = name
  const { run_id } = tree.row.info
  return (
    <tr
      data-run={run_id}
      data-row={run_id}
      aria-rowindex={index + 2}
      aria-level={depth + 1}
      aria-selected={selected}
      aria-expanded={expanded}
      tabIndex={current ? 0 : -1}
      style={top === undefined ? undefined : { transform: `translateY(${top}px)` }}
      onFocus={() => onFocus(run_id)}
    >
      <NameCell {...name} width={layout.nameWidth} />
      {layout.columns.map((cell) => (
        <CellPlace key={cell.column.id} cell={cell}>
          {CellValue({ row: tree.row, column: cell.column, format, scales, figures, decimals })}
        </CellPlace>
      ))}
    </tr>
  )
})

export const indentOf = (depth: number) => ({ '--indent': `${depth * INDENT_PX}px` }) as React.CSSProperties

/** Uses no hooks, for speed: hundreds are on screen, and each scroll renders new ones. */
export function CellPlace({ cell, children }: { cell: LaidCell; children: ReactNode }) {
  const { column, index, width, left, before } = cell
  const isNumber = column.kind === 'metrics' || column.key === 'duration'
  const className = `${isNumber ? 'number' : ''} ${left === undefined ? '' : 'pinned fixed'}`
  return (
    <td
      aria-colindex={index + 2}
      className={className.trim() || undefined}
      style={{
        width,
        ...(left !== undefined && { insetInlineStart: left }),
        ...(before > 0 && { marginInlineStart: before }),
      }}
    >
      {children}
    </td>
  )
}

const NameCell = memo(function NameCell(props: NameProps & { readonly width: number }) {
  const { tree, depth, width, selected, current, actions } = props
  const { t } = useTranslation()
  const { info } = tree.row
  const name = runName(info)
  const reach = current ? 0 : -1
  return (
    <td className="pinned" aria-colindex={1} style={{ width, ...indentOf(depth) }}>
      <input
        type="checkbox"
        tabIndex={reach}
        aria-label={t('runs.select', { name })}
        checked={selected}
        onChange={({ nativeEvent }) => actions.select(info.run_id, (nativeEvent as MouseEvent).shiftKey)}
      />
      <Fold {...props} name={name} />
      <RowButtons {...props} name={name} reach={reach} />
      <RunStatusMark status={info.status} />
      <Link
        className="truncate"
        tabIndex={reach}
        to="/experiments/$experimentId/runs/$runId"
        params={{ experimentId: info.experiment_id, runId: info.run_id }}
        title={name}
      >
        {name}
      </Link>
      <button
        type="button"
        className="row-button pin"
        tabIndex={reach}
        aria-label={t('runsTable.pin', { name })}
        aria-pressed={props.pinned}
        title={t(props.pinned ? 'runsTable.unpinHint' : 'runsTable.pinHint')}
        onClick={() => actions.pin(info.run_id)}
      >
        <Icon name="pin" size={13} />
      </button>
    </td>
  )
})

/** The eye and the colour of a run, where charts show it. */
function RowButtons({
  tree,
  color,
  visible,
  name,
  reach,
  actions,
}: NameProps & { name: string; reach: number }) {
  const { t } = useTranslation()
  if (color === undefined) return null
  return (
    <>
      <button
        type="button"
        className="row-button"
        tabIndex={reach}
        aria-label={t('runsTable.eye', { name })}
        aria-pressed={visible}
        onClick={() => actions.eye(tree.row.info.run_id)}
      >
        <Icon name={visible ? 'eye' : 'eyeOff'} size={14} />
      </button>
      <button
        type="button"
        className="row-button swatch"
        tabIndex={reach}
        aria-label={t('runsTable.colourOf', { name })}
        onClick={() => actions.colour(tree.row)}
      >
        <span className={visible ? undefined : 'closed'} style={{ background: color }} />
      </button>
    </>
  )
}

function Fold({ tree, expanded, current, name, actions }: NameProps & { name: string }) {
  const { t } = useTranslation()
  if (expanded === undefined) return <span className="no-fold" />
  return (
    <button
      type="button"
      className="fold"
      tabIndex={current ? 0 : -1}
      aria-label={expanded ? t('runs.collapse', { name }) : t('runs.expand', { name })}
      onClick={() => actions.toggle(tree.row.info.run_id)}
    >
      <Icon name="chevron" size={12} />
    </button>
  )
}
