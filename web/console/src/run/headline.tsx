import { useTranslation } from 'react-i18next'
import { Whisker } from '../charts/whisker.js'
import { useFormat } from '../i18n/format.js'
import { MetricDefinition } from '../metrics/metric-definition.js'
import { HEADLINE_METRICS, metricLabel } from '../metrics/metric-name.js'
import { intervalOf, type RunRow } from '../runs/row.js'

/** The key metrics of a recommender with their intervals and definitions. */
export function Headline({ row }: { row: RunRow }) {
  const metrics = HEADLINE_METRICS.filter((key) => row.metrics.has(key))
  if (metrics.length === 0) return null
  return (
    <ul className="headline">
      {metrics.map((metric) => (
        <li key={metric} className="panel">
          <Figure row={row} metric={metric} />
        </li>
      ))}
    </ul>
  )
}

function Figure({ row, metric }: { row: RunRow; metric: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const value = row.metrics.get(metric)!
  const interval = intervalOf(row.metrics, metric)
  const margin = interval ? (interval.high - interval.low) * 0.4 : 0
  return (
    <>
      <div className="figure-name">
        {metricLabel(metric)}
        <MetricDefinition metric={metric} protocol={row.tags.get('cairn.protocol')} metrics={row.metrics} />
      </div>
      <div className="figure-value">{format.metric(value)}</div>
      {interval && (
        <>
          <Whisker
            value={value}
            interval={interval}
            range={{ low: interval.low - margin, high: interval.high + margin }}
          />
          <div className="figure-interval">
            <span className="interval-label">{t('run.interval')} </span>
            {format.range(interval.low, interval.high)}
          </div>
        </>
      )}
    </>
  )
}
