import { useTranslation } from 'react-i18next'
import type { Assessment } from '../api/traces.js'
import { AssessmentChip, useAssessmentText } from './assessment-chip.js'

/** As many as a column has space for. */
const SHOWN = 2

/** The first assessments of a trace in one line, and the number of others, which a tooltip names. */
export function AssessmentChips({ assessments }: { assessments: readonly Assessment[] }) {
  const { t } = useTranslation()
  const textOf = useAssessmentText()
  const others = assessments.slice(SHOWN)
  const named = others.map((one) => `${one.assessment_name}: ${textOf(one)}`)
  return (
    <span className="assessment-chips">
      {assessments.slice(0, SHOWN).map((assessment) => (
        <AssessmentChip key={assessment.assessment_id} assessment={assessment} />
      ))}
      {others.length > 0 && (
        <span className="chip" title={named.join('\n')}>
          <span aria-hidden="true">+{others.length}</span>
          <span className="visually-hidden">
            {t('assessments.others', { count: others.length, names: named.join(', ') })}
          </span>
        </span>
      )}
    </span>
  )
}
