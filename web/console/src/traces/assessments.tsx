import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Assessment, TraceInfo } from '../api/traces.js'
import { Icon } from '../ui/icon.js'
import { AssessmentForm } from './assessment-form.js'
import { groupAssessments } from './assessment-groups.js'
import { AssessmentItem } from './assessment-item.js'

interface AssessmentsProps {
  readonly trace: TraceInfo
  readonly mayEdit: boolean
}

/** Feedback and expectations about the trace. A changed one stays as history. */
export function Assessments({ trace, mayEdit }: AssessmentsProps) {
  const { t } = useTranslation()
  const heading = useId()
  const [form, setForm] = useState<{ kind: 'feedback' | 'expectation'; replaces?: Assessment }>()
  const groups = groupAssessments(trace.assessments ?? [])
  return (
    <section className="panel assessments" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('assessments.title')}</h2>
        {mayEdit && (
          <span className="actions">
            {(['feedback', 'expectation'] as const).map((kind) => (
              <button key={kind} type="button" className="button small" onClick={() => setForm({ kind })}>
                <Icon name="plus" size={13} />
                {t(`assessments.${kind}`)}
              </button>
            ))}
          </span>
        )}
      </header>
      {groups.length === 0 ? (
        <p className="body muted">{t(mayEdit ? 'assessments.emptyEdit' : 'assessments.empty')}</p>
      ) : (
        <ul className="assessment-list">
          {groups.map(({ assessment, history }) => (
            <AssessmentItem
              key={assessment.assessment_id}
              traceId={trace.trace_id}
              assessment={assessment}
              history={history}
              onEdit={
                mayEdit && !assessment.issue
                  ? () =>
                      setForm({
                        kind: assessment.expectation ? 'expectation' : 'feedback',
                        replaces: assessment,
                      })
                  : undefined
              }
              mayEdit={mayEdit}
            />
          ))}
        </ul>
      )}
      {form && <AssessmentForm {...form} traceId={trace.trace_id} onClose={() => setForm(undefined)} />}
    </section>
  )
}
