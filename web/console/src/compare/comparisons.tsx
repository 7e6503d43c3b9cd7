import type { Output } from '@cairn/platform/protocol/operation'
import type { CompareRuns } from '@cairn/platform/protocol/run-tables'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { compareNaturally } from '../app/natural-order.js'
import { CurveGrid } from '../charts/curve-grid.js'
import { type CurveSearch, viewFromSearch, viewToSearch } from '../charts/curve-view.js'
import { seriesStyle } from '../charts/series-style.js'
import { compareMetricKeys, isIntervalKey, isSystemKey } from '../metrics/metric-name.js'
import { type RunRow, runName } from '../runs/row.js'
import { Segments } from '../ui/segments.js'
import { Skeleton } from '../ui/states.js'
import { isComparable } from './differences.js'
import { HeadlineChart } from './headline-chart.js'
import { MetricComparison } from './metric-comparison.js'
import { ParamComparison } from './param-comparison.js'
import { ProtocolWarning } from './protocol-warning.js'

type Keys = Output<typeof CompareRuns>

interface CompareSearch extends CurveSearch {
  readonly baseline?: string
  readonly all?: string
}

interface ComparisonsProps {
  readonly rows: readonly RunRow[]
  /** Undefined until it has loaded. */
  readonly keys: Keys | undefined
  readonly search: CompareSearch
  readonly onSearch: (search: CompareSearch) => void
}

export function Comparisons({ rows, keys, search, onSearch }: ComparisonsProps) {
  const { t } = useTranslation()
  const all = search.all === 'true'
  const baseline = rows.findIndex(({ info }) => info.run_id === search.baseline)
  const comparable = isComparable(rows)
  const metrics = useMemo(
    () =>
      (keys?.metrics ?? [])
        .filter(({ key }) => !isIntervalKey(key) && !isSystemKey(key))
        .sort((a, b) => compareMetricKeys(a.key, b.key)),
    [keys],
  )
  const params = useMemo(
    () => [...(keys?.params ?? [])].sort((a, b) => compareNaturally(a.key, b.key)),
    [keys],
  )
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
      {keys ? (
        <>
          <ParamComparison rows={rows} params={params} all={all} baseline={baseline} />
          <MetricComparison {...{ rows, metrics, all, baseline, comparable }} />
          <ComparedCurves rows={rows} keys={keys} search={search} onSearch={onSearch} />
        </>
      ) : (
        <Skeleton />
      )}
    </>
  )
}

function ComparedCurves({ rows, keys, search, onSearch }: ComparisonsProps) {
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
  const metrics = (keys?.metrics ?? [])
    .filter(({ last_step }) => last_step > 0)
    .map(({ key }) => key)
    .sort(compareMetricKeys)
  return (
    <section className="compared-curves">
      <h2>{t('run.curves')}</h2>
      <CurveGrid metrics={metrics} runs={runs} view={view} onView={(next) => onSearch(viewToSearch(next))} />
    </section>
  )
}
