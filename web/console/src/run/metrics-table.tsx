import { useTranslation } from 'react-i18next'
import { Whisker } from '../charts/whisker.js'
import { useFormat } from '../i18n/format.js'
import { MetricDefinition } from '../metrics/metric-definition.js'
import {
  compareMetricKeys,
  isIntervalKey,
  isSystemKey,
  metricLabel,
  rankingMetric,
} from '../metrics/metric-name.js'
import { intervalOf, type RunRow } from '../runs/row.js'
import { spanOf } from '../runs/scale.js'
import { ScrollX } from '../ui/scroll-x.js'
import { Empty } from '../ui/states.js'

export function MetricsTable({ row }: { row: RunRow }) {
  const { t } = useTranslation()
  const keys = [...row.metrics.keys()].filter((key) => !isIntervalKey(key)).sort(compareMetricKeys)
  const user = keys.filter((key) => !isSystemKey(key))
  const system = keys.filter(isSystemKey)
  return (
    <section className="panel">
      <header>
        <h2>{t('kind.metrics')}</h2>
        <span className="muted">{keys.length || ''}</span>
      </header>
      {keys.length === 0 ? (
        <Empty title={t('run.noMetrics')} code={'mlflow.log_metric("precision_at_10", 0.0861)'} />
      ) : (
        <ScrollX>
          <table className="list metrics-table">
            <thead>
              <tr>
                <th scope="col">{t('run.metric')}</th>
                <th scope="col" className="number">
                  {t('run.latest')}
                </th>
                <th scope="col">{t('run.interval')}</th>
              </tr>
            </thead>
            <tbody>
              {user.map((key) => (
                <MetricRow key={key} row={row} metric={key} />
              ))}
            </tbody>
            {system.length > 0 && (
              <tbody>
                <tr className="group">
                  <th scope="rowgroup" colSpan={3}>
                    {t('run.system')}
                  </th>
                </tr>
                {system.map((key) => (
                  <MetricRow key={key} row={row} metric={key} />
                ))}
              </tbody>
            )}
          </table>
        </ScrollX>
      )}
    </section>
  )
}

function MetricRow({ row, metric }: { row: RunRow; metric: string }) {
  const format = useFormat()
  const value = row.metrics.get(metric)!
  const interval = intervalOf(row.metrics, metric)
  return (
    <tr>
      <th scope="row">
        <span className="metric-name">
          <span title={metric}>{metricLabel(metric)}</span>
          <MetricDefinition metric={metric} protocol={row.tags.get('cairn.protocol')} metrics={row.metrics} />
        </span>
      </th>
      <td className="number" title={String(value)}>
        {format.metric(value)}
      </td>
      <td>
        {interval && (
          <span className="interval">
            <Whisker value={value} interval={interval} range={fromZero(row, metric)} />
            <span className="muted">
              {format.metric(interval.low)} – {format.metric(interval.high)}
            </span>
          </span>
        )}
      </td>
    </tr>
  )
}

/** Metrics of one protocol share a scale from zero, so that their intervals are comparable. */
function fromZero(row: RunRow, metric: string) {
  const protocol = rankingMetric(metric)?.prefix
  const alike = [...row.metrics.keys()].filter((key) => rankingMetric(key)?.prefix === protocol)
  const intervals = alike.flatMap((key) => intervalOf(row.metrics, key) ?? [])
  return { low: 0, high: spanOf(intervals).high }
}
