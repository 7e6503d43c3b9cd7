import { useTranslation } from 'react-i18next'
import type { Assessment } from '../api/traces.js'
import { useFormat } from '../i18n/format.js'
import { assessmentValue } from './trace-values.js'

const POSITIVE = new Set<unknown>([true, 'yes', 'pass', 'true'])
const NEGATIVE = new Set<unknown>([false, 'no', 'fail', 'false'])

/** Returns whether a value says yes or no; undefined for other values. */
export function verdictOf(value: unknown): boolean | undefined {
  const known = typeof value === 'string' ? value.toLowerCase() : value
  return POSITIVE.has(known) ? true : NEGATIVE.has(known) ? false : undefined
}

/** Formats the value of an assessment as a word, a number or JSON. */
export function useAssessmentText() {
  const { t } = useTranslation()
  const { metric } = useFormat()
  return (assessment: Assessment): string => {
    if (assessment.feedback?.error) return t('assessments.failed')
    if (assessment.issue) return assessment.issue.issue_name
    const value = assessmentValue(assessment)
    if (value === true) return t('common.yes')
    if (value === false) return t('common.no')
    if (value === null || value === undefined) return t('assessments.none')
    if (typeof value === 'number') return metric(value)
    return typeof value === 'string' ? value : JSON.stringify(value)
  }
}

/** The value of an assessment; colours repeat what the word says. */
export function AssessmentValue({ assessment }: { assessment: Assessment }) {
  const text = useAssessmentText()(assessment)
  return <span className={`chip assessment-value ${toneOf(assessment)}`}>{text}</span>
}

function toneOf(assessment: Assessment): 'ok' | 'warn' | 'bad' | '' {
  if (assessment.feedback?.error) return 'bad'
  if (assessment.issue) return 'warn'
  const verdict = assessment.expectation ? undefined : verdictOf(assessmentValue(assessment))
  return verdict === undefined ? '' : verdict ? 'ok' : 'bad'
}

/** The name and value of an assessment; a tooltip has the whole text. */
export function AssessmentChip({ assessment }: { assessment: Assessment }) {
  const name = assessment.assessment_name
  const text = useAssessmentText()(assessment)
  return (
    <span className="assessment-chip" title={`${name}: ${text}`}>
      <span className="truncate muted">{name}</span>
      <AssessmentValue assessment={assessment} />
    </span>
  )
}
