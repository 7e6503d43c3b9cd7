import { useMemo } from 'react'
import { CurveGrid } from '../charts/curve-grid.js'
import { type CurveSearch, viewFromSearch, viewToSearch } from '../charts/curve-view.js'
import { seriesStyle } from '../charts/series-style.js'
import { compareMetricKeys, isSystemKey } from '../metrics/metric-name.js'
import { type RunRow, runName } from '../runs/row.js'

interface RunCurvesProps {
  readonly row: RunRow
  readonly search: CurveSearch
  readonly onSearch: (search: CurveSearch) => void
}

export function RunCurves({ row, search, onSearch }: RunCurvesProps) {
  const { axis, log, smooth } = search
  const view = useMemo(
    () => viewFromSearch({ ...(axis && { axis }), ...(log && { log }), ...(smooth && { smooth }) }),
    [axis, log, smooth],
  )
  const { run_id, status } = row.info
  const label = runName(row.info)
  const runs = useMemo(
    () => [{ id: run_id, label, style: seriesStyle(0), live: status === 'RUNNING' }],
    [run_id, label, status],
  )
  const metrics = row.curves.filter((key) => !isSystemKey(key)).sort(compareMetricKeys)
  return (
    <CurveGrid metrics={metrics} runs={runs} view={view} onView={(next) => onSearch(viewToSearch(next))} />
  )
}
