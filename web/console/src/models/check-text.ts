import type { TFunction } from 'i18next'
import type { GateCheck } from '../api/models.js'
import type { Format } from '../i18n/format.js'
import { metricLabel } from '../metrics/metric-name.js'
import { differenceOf } from './gate-figures.js'

/** A check of the gate in the language of the page; the server's message for unknown checks. */
export function checkText(check: GateCheck, t: TFunction, format: Format): string {
  switch (check.name) {
    case 'evaluated':
      return evaluatedText(check, t, format)
    case 'no_leak':
      return check.passed ? t('checkText.noLeak') : t('checkText.leak', { flags: afterColon(check.detail) })
    case 'champion':
      return t(check.detail.startsWith('No champion') ? 'checkText.noChampion' : 'checkText.isChampion')
    case 'protocol':
    case 'data':
      return sameText(check, check.name, t)
    case 'better':
      return betterText(check, t, format)
    default:
      return check.detail
  }
}

function evaluatedText({ passed, detail }: GateCheck, t: TFunction, format: Format): string {
  if (!passed) return t('checkText.notEvaluated')
  const [, protocol, users] = /under (\S+) on (\d+) users/.exec(detail) ?? []
  return protocol ? t('checkText.evaluated', { protocol, users: format.integer(Number(users)) }) : detail
}

function sameText({ passed, figures = {} }: GateCheck, name: 'protocol' | 'data', t: TFunction): string {
  const text = (value: unknown) => (typeof value === 'string' ? value : t('compareVersions.missing'))
  if (passed) return t(name === 'protocol' ? 'checkText.sameProtocol' : 'checkText.sameData')
  return t(name === 'protocol' ? 'checkText.otherProtocol' : 'checkText.otherData', {
    own: text(figures.challenger),
    champion: text(figures.champion),
  })
}

function betterText(check: GateCheck, t: TFunction, format: Format): string {
  const difference = differenceOf(check)
  if (!difference) return t('checkText.notComparable')
  const { metric, n_users } = check.figures ?? {}
  const signed = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`
  return t(check.passed ? 'checkText.better' : 'checkText.notBetter', {
    metric: metricLabel(String(metric)),
    difference: signed(difference.value),
    low: signed(difference.low),
    high: signed(difference.high),
    users: format.integer(Number(n_users)),
  })
}

const afterColon = (text: string) => text.slice(text.indexOf(':') + 1).trim()
