import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { CurveCard } from '../charts/curve-card.js'
import { viewFromSearch } from '../charts/curve-view.js'
import { seriesStyle } from '../charts/series-style.js'
import { type RunRow, runName } from '../runs/row.js'
import { systemGroups } from './system-groups.js'
import '../charts/charts.css'

/** System metrics against time, by device. */
export function SystemMetrics({ row }: { row: RunRow }) {
  const { t } = useTranslation()
  const { run_id, status } = row.info
  const label = runName(row.info)
  const runs = useMemo(
    () => [{ id: run_id, label, style: seriesStyle(0), live: status === 'RUNNING' }],
    [run_id, label, status],
  )
  const view = useMemo(() => viewFromSearch({ axis: 'time' }), [])
  return [...systemGroups([...row.metrics.keys()])].map(([group, metrics]) => (
    <section key={group} className="stack" aria-label={t(`systemGroup.${group}`)}>
      <h3>{t(`systemGroup.${group}`)}</h3>
      <div className="curve-grid">
        {metrics.map((metric) => (
          <CurveCard key={metric} metric={metric} runs={runs} view={view} />
        ))}
      </div>
    </section>
  ))
}
