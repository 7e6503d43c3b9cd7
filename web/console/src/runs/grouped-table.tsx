import { useMemo } from 'react'
import { Failure, Skeleton } from '../ui/states.js'
import type { ColumnKeys } from './column-keys.js'
import type { RunItem } from './grid-items.js'
import { useAppearances } from './run-appearance.js'
import { RunsGrid } from './runs-grid.js'
import type { TableProps } from './table-props.js'
import { useGroups } from './use-groups.js'
import { useRowActions } from './use-row-actions.js'

/** The runs in groups, with the mean of each metric. */
export function GroupedTable({
  runs,
  rows,
  onColour,
  keys,
  ...grid
}: TableProps & { readonly keys: ColumnKeys | undefined }) {
  const { state, columns } = grid
  const { items, toggle, level } = useGroups({ state, columns, keys })
  const shown = useMemo(
    () => items.filter((item): item is RunItem => item.type === 'run').map(({ tree }) => tree.row),
    [items],
  )
  const ids = useMemo(() => shown.map(({ info }) => info.run_id), [shown])
  const actions = useRowActions({ state, shown: ids, toggle, onColour })
  const others = useAppearances(shown, { eyes: 'none', toggled: state.toggled, skipped: 0 })
  const appearances = useMemo(() => new Map([...others, ...grid.appearances]), [others, grid.appearances])
  if (level.error && !level.data) return <Failure error={level.error} retry={() => void level.refetch()} />
  if (!level.data) return <Skeleton lines={10} />
  return (
    <RunsGrid
      {...grid}
      appearances={appearances}
      pinned={NO_ITEMS}
      items={items}
      skipped={0}
      hasMore={false}
      rows={shown}
      actions={actions}
    />
  )
}

const NO_ITEMS: readonly RunItem[] = []
