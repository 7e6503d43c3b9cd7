import { useTranslation } from 'react-i18next'
import type { GateCheck } from '../api/models.js'
import { useFormat } from '../i18n/format.js'
import { StatusMark } from '../ui/status.js'
import { checkText } from './check-text.js'
import { DifferenceChart } from './difference-chart.js'
import { differenceOf } from './gate-figures.js'

const KNOWN = ['evaluated', 'no_leak', 'champion', 'protocol', 'data', 'better'] as const

/** One item per check: whether it passed, the server's explanation, and a chart of the difference. */
export function Checks({ checks }: { checks: readonly GateCheck[] }) {
  return (
    <ol className="checks">
      {checks.map((check) => (
        <Check key={check.name} check={check} />
      ))}
    </ol>
  )
}

function Check({ check }: { check: GateCheck }) {
  const { t } = useTranslation()
  const format = useFormat()
  const known = KNOWN.find((name) => name === check.name)
  const difference = differenceOf(check)
  return (
    <li>
      <StatusMark tone={check.passed ? 'ok' : 'bad'} />
      <div>
        <strong>{known ? t(`check.${known}`) : check.name}</strong>
        <span className="visually-hidden"> {check.passed ? t('gate.passed') : t('gate.failed')}</span>
        <p className="muted">{checkText(check, t, format)}</p>
        {difference && <DifferenceChart difference={difference} />}
      </div>
    </li>
  )
}
