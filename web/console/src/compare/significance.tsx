import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n/format.js'
import { metricLabel } from '../metrics/metric-name.js'
import { type RunRow, runName } from '../runs/row.js'
import { ScrollX } from '../ui/scroll-x.js'
import { type Difference, signOf } from './paired-test.js'
import type { PairedTests } from './use-paired-tests.js'

interface SignificanceProps {
  readonly rows: readonly RunRow[]
  readonly baseline: RunRow
  readonly tests: PairedTests
}

/** Shows which runs differ from the baseline beyond chance, user by user. */
export function Significance({ rows, baseline, tests }: SignificanceProps) {
  const { t } = useTranslation()
  const tested = rows.flatMap((row) =>
    [...(tests.get(row.info.run_id) ?? [])].map(([metric, difference]) => ({ row, metric, difference })),
  )
  if (tested.length === 0) return null
  return (
    <section className="panel" aria-label={t('compare.significance')}>
      <header>
        <h2>{t('compare.significance')}</h2>
        <span className="muted truncate">{t('compare.against', { name: runName(baseline.info) })}</span>
      </header>
      <ScrollX>
        <table className="list">
          <thead>
            <tr>
              <th scope="col">{t('column.run_name')}</th>
              <th scope="col">{t('cards.metric')}</th>
              <th scope="col" className="number">
                {t('cards.difference')}
              </th>
              <th scope="col" className="number">
                {t('run.interval')}
              </th>
              <th scope="col">{t('compare.verdict')}</th>
            </tr>
          </thead>
          <tbody>
            {tested.map(({ row, metric, difference }) => (
              <tr key={`${row.info.run_id} ${metric}`}>
                <th scope="row">{runName(row.info)}</th>
                <td>{metricLabel(metric)}</td>
                <Figures difference={difference} />
                <td>
                  <Verdict difference={difference} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
      <p className="chart-note muted">{t('compare.pairedNote')}</p>
    </section>
  )
}

function Figures({ difference: { difference, low, high } }: { difference: Difference }) {
  const format = useFormat()
  const signed = (value: number) =>
    `${value > 0 ? '+' : value < 0 ? '−' : '±'}${format.metric(Math.abs(value))}`
  return (
    <>
      <td className="number">{signed(difference)}</td>
      <td className="number">
        {signed(low)} – {signed(high)}
      </td>
    </>
  )
}

function Verdict({ difference }: { difference: Difference }) {
  const { t } = useTranslation()
  const sign = signOf(difference)
  const [tone, word] =
    sign > 0 ? (['ok', 'better'] as const) : sign < 0 ? (['bad', 'worse'] as const) : (['', 'tie'] as const)
  return <span className={`chip ${tone}`}>{t(`compare.${word}`, { count: difference.users ?? 0 })}</span>
}
