import { useTranslation } from 'react-i18next'
import { Icon, type IconName } from '../ui/icon.js'
import { Popover } from '../ui/popover.js'
import { Segments } from '../ui/segments.js'
import { movedBy } from './column-moves.js'
import type { Column } from './columns.js'
import { FIGURES, type Figure } from './figures.js'
import { groupingFromId, groupingId, MAX_GROUPINGS } from './grouping.js'
import { useColumnLabel } from './use-column-label.js'
import type { RunsState } from './use-runs-state.js'

interface ColumnMenuProps {
  readonly column: Column
  readonly columns: readonly Column[]
  readonly state: RunsState
}

/** Moves, pins, hides or groups by a column, and chooses which value of a metric it shows. */
export function ColumnMenu(props: ColumnMenuProps) {
  const { t } = useTranslation()
  const name = t('runsTable.columnMenu', { name: useColumnLabel()(props.column) })
  return (
    <Popover className="column-menu" align="end" name={name} label={<Icon name="dots" size={14} />}>
      {(close) => <Menu {...props} close={close} />}
    </Popover>
  )
}

function Menu({ column, columns, state, close }: ColumnMenuProps & { close: () => void }) {
  const { t } = useTranslation()
  const { id } = column
  const place = columns.findIndex((one) => one.id === id)
  const grouping = groupingFromId(id)
  const isGroupable =
    grouping !== undefined &&
    (column.kind !== 'attributes' || column.key === 'status' || column.key === 'user_id') &&
    state.groupBy.length < MAX_GROUPINGS &&
    !state.groupBy.some((one) => groupingId(one) === id)
  const item = (icon: IconName, label: string, act: () => void, disabled = false) => (
    <button
      type="button"
      className="menu-item"
      disabled={disabled}
      onClick={() => {
        close()
        act()
      }}
    >
      <Icon name={icon} size={14} />
      {label}
    </button>
  )
  const isFixed = state.fixed.includes(id)
  return (
    <div className="menu runs-menu">
      {column.kind === 'metrics' && <FigureChoice metric={column.key} state={state} />}
      {item('left', t('runsTable.moveStart'), () => state.setColumns(movedBy(columns, id, -1)), place === 0)}
      {item(
        'right',
        t('runsTable.moveEnd'),
        () => state.setColumns(movedBy(columns, id, 1)),
        place === columns.length - 1,
      )}
      {item('pin', t(isFixed ? 'runsTable.unfix' : 'runsTable.fix'), () => state.toggleFixed(id))}
      {isGroupable &&
        item('group', t('runsTable.groupByThis'), () => state.setGroupBy([...state.groupBy, grouping]))}
      {item('eyeOff', t('runsTable.hideColumn'), () =>
        state.setColumns(columns.filter((one) => one.id !== id)),
      )}
    </div>
  )
}

function FigureChoice({ metric, state }: { metric: string; state: RunsState }) {
  const { t } = useTranslation()
  const choose = (figure: Figure) => {
    const next = new Map(state.figures)
    if (figure === 'last') next.delete(metric)
    else next.set(metric, figure)
    state.setFigures(next)
  }
  return (
    <Segments
      label={t('runsTable.figure')}
      value={state.figures.get(metric) ?? 'last'}
      options={FIGURES.map((figure) => ({ value: figure, label: t(`runsTable.figure_${figure}`) }))}
      onChange={choose}
    />
  )
}
