import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { compareMetricKeys, isOwnMetric, metricLabel } from '../metrics/metric-name.js'
import type { RunRow } from '../runs/row.js'
import { ScrollX } from '../ui/scroll-x.js'
import { SearchField } from '../ui/search-field.js'
import { Empty } from '../ui/states.js'
import { MetricRow } from './metric-row.js'

/** More metrics than these have a search. */
const FEW = 8
const FIRST = 100

/** The metrics of a run with their trend, last value and range. System metrics have a page of their own. */
export function MetricOverview({ row }: { row: RunRow }) {
  const { t } = useTranslation()
  const heading = useId()
  const [search, setSearch] = useState('')
  const [all, setAll] = useState(false)
  const keys = [...row.metrics.keys()].filter(isOwnMetric)
  const wanted = search.trim().toLowerCase()
  const found = keys
    .filter((key) => `${key} ${metricLabel(key)}`.toLowerCase().includes(wanted))
    .sort(compareMetricKeys)
  const shown = all ? found : found.slice(0, FIRST)
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('kind.metrics')}</h2>
        {keys.length > FEW ? (
          <SearchField label={t('overview.search')} value={search} onChange={setSearch} />
        ) : (
          <span className="muted">{keys.length || ''}</span>
        )}
      </header>
      {keys.length === 0 && (
        <Empty title={t('run.noMetrics')} code={'mlflow.log_metric("precision_at_10", 0.0861)'} />
      )}
      {keys.length > 0 && found.length === 0 && (
        <p className="body muted">{t('overview.noMatch', { search })}</p>
      )}
      {shown.length > 0 && (
        <ScrollX>
          <table className="list metrics-table">
            <thead>
              <tr>
                <th scope="col">{t('run.metric')}</th>
                <th scope="col">{t('overview.course')}</th>
                <th scope="col" className="number">
                  {t('overview.last')}
                </th>
                <th scope="col" className="number">
                  {t('overview.min')}
                </th>
                <th scope="col" className="number">
                  {t('overview.max')}
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map((key) => (
                <MetricRow key={key} row={row} metric={key} />
              ))}
            </tbody>
          </table>
        </ScrollX>
      )}
      {shown.length < found.length && (
        <button type="button" className="button ghost" onClick={() => setAll(true)}>
          {t('overview.showAll', { count: found.length })}
        </button>
      )}
    </section>
  )
}
