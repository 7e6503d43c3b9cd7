import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n/format.js'
import { isSignificant, type ScorerDifference } from './compare-rows.js'
import type { ScorerSummary } from './scores.js'

interface ScorerCardsProps {
  readonly summaries: readonly ScorerSummary[]
  readonly differences: readonly ScorerDifference[]
}

/** The pass rate or mean of each scorer with its interval, and whether it differs from the other run. */
export function ScorerCards({ summaries, differences }: ScorerCardsProps) {
  const { t } = useTranslation()
  return (
    <ul className="scorer-cards" aria-label={t('evaluation.scorers')}>
      {summaries.map((summary) => (
        <li key={summary.name} className="panel">
          <ScorerCard summary={summary} difference={differences.find(({ name }) => name === summary.name)} />
        </li>
      ))}
    </ul>
  )
}

interface ScorerCardProps {
  readonly summary: ScorerSummary
  readonly difference: ScorerDifference | undefined
}

function ScorerCard({ summary, difference }: ScorerCardProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const { name, kind, value, low, high, count, passed, failed } = summary
  const text = (number: number) =>
    kind === 'rate' ? number.toLocaleString(format.language, PERCENT) : format.metric(number)
  return (
    <>
      <h2>{name}</h2>
      {kind === 'none' ? (
        <p className="muted">{t('evaluation.notNumeric')}</p>
      ) : (
        <>
          <p className="scorer-value">{text(value)}</p>
          {kind === 'rate' && <RateBar value={value} low={low} high={high} />}
          <p className="muted">
            {kind === 'rate'
              ? t('evaluation.passed', { passed: format.integer(passed), count })
              : t('evaluation.mean', { count })}
            {' · '}
            {t('evaluation.interval', { low: text(low), high: text(high) })}
          </p>
        </>
      )}
      {failed > 0 && <p className="problem">{t('evaluation.scorerFailed', { count: failed })}</p>}
      {difference && <Difference difference={difference} isRate={kind === 'rate'} />}
    </>
  )
}

const PERCENT = { style: 'percent', maximumFractionDigits: 1 } as const

function RateBar({ value, low, high }: { value: number; low: number; high: number }) {
  const percent = (share: number) => `${share * 100}%`
  return (
    <span className="rate-bar" aria-hidden="true">
      <span className="rate-value" style={{ width: percent(value) }} />
      <span
        className="rate-interval"
        style={{ insetInlineStart: percent(low), width: percent(high - low) }}
      />
    </span>
  )
}

function Difference({ difference: found, isRate }: { difference: ScorerDifference; isRate: boolean }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { difference, p, pairs } = found
  const sign = difference > 0 ? '+' : ''
  const amount = isRate
    ? t('evaluation.points', { amount: sign + format.metric(Number((difference * 100).toFixed(1))) })
    : sign + format.metric(difference)
  const verdict = isSignificant(found) ? (difference > 0 ? 'higher' : 'lower') : 'tie'
  return (
    <p className="scorer-difference">
      <span className={`chip ${{ higher: 'ok', lower: 'bad', tie: '' }[verdict]}`}>
        {t(`evaluation.verdict_${verdict}`)}
      </span>{' '}
      <span className="muted">
        {amount} · p = {p < 0.001 ? '<0.001' : p.toFixed(3)} · {t('evaluation.pairs', { count: pairs })}
      </span>
    </p>
  )
}
