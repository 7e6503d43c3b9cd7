import { useTranslation } from 'react-i18next'
import type { Assessment } from '../api/traces.js'
import { useFormat } from '../i18n/format.js'
import { assessmentValue } from './trace-values.js'

const POSITIVE = new Set<unknown>([true, 'yes', 'pass', 'true'])
const NEGATIVE = new Set<unknown>([false, 'no', 'fail', 'false'])

/** Whether a value says yes or no; undefined for other values. */
export function verdictOf(value: unknown): boolean | undefined {
  const known = typeof value === 'string' ? value.toLowerCase() : value
  return POSITIVE.has(known) ? true : NEGATIVE.has(known) ? false : undefined
}

/** The value of an assessment as a word, a number or JSON; colours repeat what the word says. */
export function AssessmentValue({ assessment }: { assessment: Assessment }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { feedback, issue } = assessment
  if (feedback?.error) return <span className="chip bad">{t('assessments.failed')}</span>
  if (issue) return <span className="chip warn">{issue.issue_name}</span>
  const value = assessmentValue(assessment)
  const verdict = assessment.expectation ? undefined : verdictOf(value)
  const tone = verdict === undefined ? '' : verdict ? 'ok' : 'bad'
  return <span className={`chip assessment-value ${tone}`}>{textOf(value, format.metric, t)}</span>
}

function textOf(
  value: unknown,
  number: (value: number) => string,
  t: (key: 'common.yes' | 'common.no' | 'assessments.none') => string,
): string {
  if (value === true) return t('common.yes')
  if (value === false) return t('common.no')
  if (value === null || value === undefined) return t('assessments.none')
  if (typeof value === 'number') return number(value)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The name and value of an assessment. */
export function AssessmentChip({ assessment }: { assessment: Assessment }) {
  return (
    <span className="assessment-chip">
      <span className="muted">{assessment.assessment_name}</span>
      <AssessmentValue assessment={assessment} />
    </span>
  )
}
