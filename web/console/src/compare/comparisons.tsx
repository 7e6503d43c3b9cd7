import type { CompareRuns } from '@cairn/platform/protocol/cairn/run-tables'
import type { Output } from '@cairn/platform/protocol/operation'
import { useDeferredValue, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { ComparedKey, Run } from '../api/runs.js'
import { compareNaturally } from '../app/natural-order.js'
import { compareMetricKeys, isOwnMetric } from '../metrics/metric-name.js'
import type { RunRow } from '../runs/row.js'
import { Segments } from '../ui/segments.js'
import { Skeleton } from '../ui/states.js'
import { ComparedArtifacts } from './compared-artifacts.js'
import { ComparedCharts } from './compared-charts.js'
import { isComparable } from './differences.js'
import { Environment } from './environment.js'
import { HeadlineChart } from './headline-chart.js'
import { MetricComparison } from './metric-comparison.js'
import { ParamComparison } from './param-comparison.js'
import { ProtocolWarning } from './protocol-warning.js'
import { Significance } from './significance.js'
import { usePairedTests } from './use-paired-tests.js'

type Keys = Output<typeof CompareRuns>

interface CompareSearch {
  readonly baseline?: string
  readonly all?: string
  /** The file that is shown side by side. */
  readonly artifact?: string
  /** State of the charts. */
  readonly cards?: string
}

interface ComparisonsProps {
  readonly rows: readonly RunRow[]
  /** The same runs as the server sent them. */
  readonly runs: readonly Run[]
  /** Undefined until it has loaded. */
  readonly keys: Keys | undefined
  readonly search: CompareSearch
  readonly onSearch: (search: CompareSearch) => void
}

export function Comparisons({ rows, runs, keys: loaded, search, onSearch }: ComparisonsProps) {
  const { t } = useTranslation()
  // React draws the tables and charts of a thousand runs in slices, not in one long task, also if the keys have loaded before the runs.
  const keys = useDeferredValue<Keys | null | undefined>(loaded, null)
  const all = search.all === 'true'
  const baseline = rows.findIndex(({ info }) => info.run_id === search.baseline)
  const comparable = isComparable(rows)
  const tests = usePairedTests(rows, rows[baseline])
  const metrics = useMemo(
    () =>
      (keys?.metrics ?? [])
        .filter(({ key }) => isOwnMetric(key))
        .sort((a, b) => compareMetricKeys(a.key, b.key)),
    [keys],
  )
  const params = useMemo(
    () =>
      [...(keys?.params ?? [])].sort(
        (a, b) => isEqual(a, rows.length) - isEqual(b, rows.length) || compareNaturally(a.key, b.key),
      ),
    [keys, rows.length],
  )
  return (
    <>
      <ProtocolWarning rows={rows} />
      <HeadlineChart rows={rows} comparable={comparable} />
      {rows[baseline] && <Significance rows={rows} baseline={rows[baseline]} tests={tests} />}
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
          <MetricComparison {...{ rows, metrics, all, baseline, comparable, tests }} />
          <Environment runs={runs} all={all} />
          <ComparedArtifacts
            rows={rows}
            path={search.artifact}
            onPath={(artifact) => onSearch({ artifact })}
          />
          <ComparedCharts rows={rows} state={search.cards} onState={(cards) => onSearch({ cards })} />
        </>
      ) : (
        <Skeleton />
      )}
    </>
  )
}

/** 1 if all runs have the same value, so that it is listed after those that differ. */
const isEqual = ({ differs, count }: ComparedKey, runs: number) => Number(!differs && count === runs)
