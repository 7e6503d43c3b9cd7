import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { compareMetricKeys, isOwnMetric, metricLabel } from '../metrics/metric-name.js'
import { intervalOf, type RunRow } from '../runs/row.js'
import { MetricWithInterval } from './metric-with-interval.js'

/** The last values of the run of a version, with 95% intervals. */
export function VersionMetrics({ run }: { readonly run: RunRow }) {
  const { t } = useTranslation()
  const heading = useId()
  const keys = [...run.metrics.keys()].filter(isOwnMetric).sort(compareMetricKeys)
  if (keys.length === 0) return null
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('kind.metrics')}</h2>
        <span className="muted">{keys.length}</span>
      </header>
      <table className="list">
        <tbody>
          {keys.map((key) => (
            <tr key={key}>
              <th scope="row" title={key}>
                {metricLabel(key)}
              </th>
              <td className="number">
                <MetricWithInterval value={run.metrics.get(key)!} interval={intervalOf(run.metrics, key)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
