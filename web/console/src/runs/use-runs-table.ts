import {
  columnPinningFeature,
  columnResizingFeature,
  columnSizingFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { useEffect, useMemo } from 'react'
import { rankingMetric } from '../metrics/metric-name.js'
import { type Column, column } from './columns.js'
import { keepWidths, keptWidths } from './kept-widths.js'

const features = tableFeatures({ columnSizingFeature, columnResizingFeature, columnPinningFeature })
const NAME = column('attributes', 'run_name')
const NO_DATA: object[] = []
const NARROW_PX = 600

const WIDTH: Record<string, number> = {
  'attributes.run_name': 280,
  'attributes.start_time': 118,
  'attributes.run_id': 270,
  'tags.cairn.protocol': 210,
}

const widthOf = ({ id, kind, key }: Column) =>
  WIDTH[id] ?? (kind === 'metrics' ? metricWidth(key) : kind === 'tags' ? 150 : 116)

/** Metrics with intervals need room for the whisker. */
const metricWidth = (key: string) =>
  rankingMetric(key) ? 152 : Math.min(210, Math.max(118, 56 + key.length * 6))

export type RunsTableModel = ReturnType<typeof useRunsTable>

/** Column widths, with the name first and then the fixed columns. The grid draws the rows, and the server sorts them. */
export function useRunsTable(columns: readonly Column[], fixed: readonly string[]) {
  const defs = useMemo(
    () =>
      [NAME, ...columns].map((meta) => ({
        id: meta.id,
        accessorFn: () => undefined,
        size: meta === NAME && innerWidth < NARROW_PX ? 180 : widthOf(meta),
        minSize: 72,
        maxSize: 900,
      })),
    [columns],
  )
  const columnPinning = useMemo(() => ({ start: [NAME.id, ...fixed], end: [] }), [fixed])
  const table = useTable({
    features,
    columns: defs,
    data: NO_DATA,
    state: { columnPinning },
    initialState: { columnSizing: keptWidths() },
    columnResizeMode: 'onChange',
  })
  const { columnSizing } = table.state
  useEffect(() => keepWidths(columnSizing), [columnSizing])
  return table
}
