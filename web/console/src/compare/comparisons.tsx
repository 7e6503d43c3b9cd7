import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { CurveGrid } from '../charts/curve-grid.js'
import { type CurveSearch, viewFromSearch, viewToSearch } from '../charts/curve-view.js'
import { seriesStyle } from '../charts/series-style.js'
import { compareMetricKeys, isIntervalKey, isSystemKey } from '../metrics/metric-name.js'
import { type RunRow, runName } from '../runs/row.js'
import { Segments } from '../ui/segments.js'
import { compareValues, isComparable } from './differences.js'
import { HeadlineChart } from './headline-chart.js'
import { MetricComparison } from './metric-comparison.js'
import { ParamComparison } from './param-comparison.js'
import { ProtocolWarning } from './protocol-warning.js'

interface CompareSearch extends CurveSearch {
  readonly baseline?: string
  readonly all?: string
}

interface ComparisonsProps {
  readonly rows: readonly RunRow[]
  readonly search: CompareSearch
  readonly onSearch: (search: CompareSearch) => void
}

const byName = (a: string, b: string) => a.localeCompare(b)

export function Comparisons({ rows, search, onSearch }: ComparisonsProps) {
  const { t } = useTranslation()
  const all = search.all === 'true'
  const baseline = rows.findIndex(({ info }) => info.run_id === search.baseline)
  const comparable = isComparable(rows)
  const metrics = compareValues(rows, (row) => row.metrics, compareMetricKeys).filter(
    ({ key }) => !isIntervalKey(key) && !isSystemKey(key),
  )
  const params = compareValues(rows, (row) => row.params, byName)
  return (
    <>
      <ProtocolWarning rows={rows} />
      <HeadlineChart rows={rows} comparable={comparable} />
      <div className="compare-toggle">
        <Segments
          label={t('compare.show')}
          value={all ? 'all' : 'differences'}
          options={[
            { value: 'differences', label: t('compare.differences') },
            { value: 'all', label: t('compare.all') },
          ]}
          onChange={(value) => onSearch({ all: value === 'all' ? 'true' : '' })}
        />
      </div>
      <ParamComparison rows={rows} params={params} all={all} baseline={baseline} />
      <MetricComparison rows={rows} metrics={metrics} all={all} baseline={baseline} comparable={comparable} />
      <ComparedCurves rows={rows} search={search} onSearch={onSearch} />
    </>
  )
}

function ComparedCurves({ rows, search, onSearch }: ComparisonsProps) {
  const { t } = useTranslation()
  const { axis, log, smooth } = search
  const view = useMemo(
    () => viewFromSearch({ ...(axis && { axis }), ...(log && { log }), ...(smooth && { smooth }) }),
    [axis, log, smooth],
  )
  const runs = useMemo(
    () =>
      rows.map(({ info }, index) => ({
        id: info.run_id,
        label: runName(info),
        style: seriesStyle(index),
        live: info.status === 'RUNNING',
      })),
    [rows],
  )
  const metrics = [...new Set(rows.flatMap(({ curves }) => curves))].sort(compareMetricKeys)
  return (
    <section className="compared-curves">
      <h2>{t('run.curves')}</h2>
      <CurveGrid metrics={metrics} runs={runs} view={view} onView={(next) => onSearch(viewToSearch(next))} />
    </section>
  )
}
