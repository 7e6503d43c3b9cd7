import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n/format.js'
import { compareMetricKeys, isOwnMetric, metricLabel } from '../metrics/metric-name.js'
import { intervalOf, type RunRow } from '../runs/row.js'

/** The last values of the run of a version, with 95% intervals. */
export function VersionMetrics({ run }: { readonly run: RunRow }) {
  const { t } = useTranslation()
  const format = useFormat()
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
          {keys.map((key) => {
            const interval = intervalOf(run.metrics, key)
            return (
              <tr key={key}>
                <th scope="row" title={key}>
                  {metricLabel(key)}
                </th>
                <td className="number">
                  {format.metric(run.metrics.get(key)!)}
                  {interval && (
                    <small className="muted overlap">
                      {format.metric(interval.low)} – {format.metric(interval.high)}
                    </small>
                  )}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}
