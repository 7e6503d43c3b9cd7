import { useTranslation } from 'react-i18next'
import type { ComparedMetric } from '../api/runs.js'
import { useFormat } from '../i18n/format.js'
import { columnDecimals } from '../metrics/column-decimals.js'
import { directionOf } from '../metrics/direction.js'
import { metricLabel } from '../metrics/metric-name.js'
import { MetricNumber } from '../metrics/metric-number.js'
import { intervalOf, type RunRow } from '../runs/row.js'
import { ComparisonTable } from './comparison-table.js'
import { bestOf } from './differences.js'
import { type Difference, joinedDifference, signOf } from './paired-test.js'
import type { PairedTests } from './use-paired-tests.js'

interface MetricComparisonProps {
  readonly rows: readonly RunRow[]
  readonly metrics: readonly ComparedMetric[]
  readonly all: boolean
  /** Index of the baseline run, −1 for none. */
  readonly baseline: number
  /** True to mark the best value. */
  readonly comparable: boolean
  /** Tests against the baseline, user by user. */
  readonly tests: PairedTests
}

export function MetricComparison({ rows, metrics, all, baseline, comparable, tests }: MetricComparisonProps) {
  const { t } = useTranslation()
  return (
    <ComparisonTable
      title={t('kind.metrics')}
      kind="metrics"
      rows={rows}
      keys={metrics}
      all={all}
      label={metricLabel}
      cells={(key, runs) => {
        const logged = rows.map(({ info }) => runs.get(info.run_id))
        const values = logged.map((run) => run?.metrics.get(key))
        const best = comparable
          ? bestOf(
              key,
              values,
              logged.map((run) => run && intervalOf(run.metrics, key)),
            )
          : undefined
        const decimals = columnDecimals(values)
        const base = comparable && baseline >= 0 ? values[baseline] : undefined
        return (run) => (
          <MetricCell
            metric={key}
            value={values[run]}
            decimals={decimals}
            isBest={best?.has(run) ?? false}
            base={run === baseline ? undefined : base}
            tested={
              tests.get(rows[run]!.info.run_id)?.get(key) ?? testedBy(key, logged[baseline], logged[run])
            }
          />
        )
      }}
    />
  )
}

interface MetricCellProps {
  readonly metric: string
  readonly value: number | undefined
  /** The decimals of the metric in all runs. */
  readonly decimals: number
  readonly isBest: boolean
  readonly base: number | undefined
  /** The difference to the baseline with its interval, if that is known. */
  readonly tested: Difference | undefined
}

/** The difference by the intervals that both runs logged. */
function testedBy(key: string, base: RunRow | undefined, run: RunRow | undefined): Difference | undefined {
  const [value, reference] = [run?.metrics.get(key), base?.metrics.get(key)]
  if (!run || !base || value === undefined || reference === undefined) return undefined
  return joinedDifference(
    { value: reference, interval: intervalOf(base.metrics, key) },
    { value, interval: intervalOf(run.metrics, key) },
  )
}

function MetricCell({ metric, value, decimals, isBest, base, tested }: MetricCellProps) {
  const { t } = useTranslation()
  const format = useFormat()
  if (value === undefined) return <span className="muted">–</span>
  return (
    <span className="metric-cell">
      <span className={isBest ? 'best' : ''}>
        <MetricNumber {...{ value, format, decimals }} />
        {isBest && <span className="visually-hidden"> {t('compare.best')}</span>}
      </span>
      <Delta metric={metric} value={value} base={base} tested={tested} />
    </span>
  )
}

type DeltaProps = Pick<MetricCellProps, 'metric' | 'base' | 'tested'> & { readonly value: number }

/** The difference to the baseline. One within chance is a tie. */
function Delta({ metric, value, base, tested }: DeltaProps) {
  const { t } = useTranslation()
  const format = useFormat()
  if (base === undefined || Number.isNaN(value - base)) return null
  const delta = value - base
  const isTie = tested !== undefined && signOf(tested) === 0
  const good = delta * directionOf(metric)
  const tone = isTie || good === 0 ? 'muted' : good > 0 ? 'good' : 'worse'
  const sign = delta > 0 ? '+' : delta < 0 ? '−' : '±'
  const range = tested && format.range(tested.low, tested.high)
  return (
    <small className={tone} title={range && `${t('run.interval')}: ${range}`}>
      {`${sign}${format.metric(Math.abs(delta))}`}
      {isTie && ` ${t('compare.tieMark')}`}
    </small>
  )
}
