import { useQueryClient } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { queryKeys } from '../api/query-keys.js'
import { type Assessment, deleteAssessment } from '../api/traces.js'
import { useFormat } from '../i18n/format.js'
import { ConfirmAction } from '../ui/confirm-action.js'
import { Icon } from '../ui/icon.js'
import { AssessmentValue } from './assessment-chip.js'

interface AssessmentItemProps {
  readonly traceId: string
  readonly assessment: Assessment
  readonly history: readonly Assessment[]
  readonly mayEdit: boolean
  readonly onEdit: (() => void) | undefined
}

/** An assessment of a trace with its earlier values, and buttons to edit and delete it. */
export function AssessmentItem({ traceId, assessment, history, mayEdit, onEdit }: AssessmentItemProps) {
  const { t } = useTranslation()
  const [asking, setAsking] = useState(false)
  const name = assessment.assessment_name
  return (
    <li className={assessment.valid === false ? 'replaced' : undefined}>
      <div className="assessment-head">
        <strong>{name}</strong>
        <AssessmentValue assessment={assessment} />
        <span className="chip">{t(`assessments.${kindOf(assessment)}`)}</span>
        <span className="spring" />
        {onEdit && assessment.valid !== false && (
          <button type="button" className="button ghost small" onClick={onEdit}>
            {t('assessments.edit')}
            <span className="visually-hidden"> {name}</span>
          </button>
        )}
        {mayEdit && (
          <button
            type="button"
            className="button ghost small icon-only"
            aria-label={t('assessments.delete', { name })}
            onClick={() => setAsking(true)}
          >
            <Icon name="trash" size={14} />
          </button>
        )}
      </div>
      <AssessmentFacts assessment={assessment} />
      {history.length > 0 && (
        <details>
          <summary>{t('assessments.history', { count: history.length })}</summary>
          <ul className="assessment-list">
            {history.map((one) => (
              <li key={one.assessment_id} className="replaced">
                <div className="assessment-head">
                  <AssessmentValue assessment={one} />
                </div>
                <AssessmentFacts assessment={one} />
              </li>
            ))}
          </ul>
        </details>
      )}
      {asking && (
        <DeleteAssessment traceId={traceId} assessment={assessment} onClose={() => setAsking(false)} />
      )}
    </li>
  )
}

const kindOf = ({ expectation, issue }: Assessment) =>
  expectation ? 'expectation' : issue ? 'issue' : 'feedback'

function AssessmentFacts({ assessment }: { assessment: Assessment }) {
  const { t } = useTranslation()
  const format = useFormat()
  const params = useParams({ from: '/experiments/$experimentId/traces/$traceId' })
  const { rationale, source, create_time, span_id, feedback } = assessment
  return (
    <>
      {feedback?.error && (
        <p className="problem">
          {[feedback.error.error_code, feedback.error.error_message].filter(Boolean).join(': ')}
        </p>
      )}
      {rationale && <p className="value-text">{rationale}</p>}
      <p className="muted assessment-source">
        {source?.source_type && source.source_type !== 'SOURCE_TYPE_UNSPECIFIED' && (
          <span>{t(`assessmentSource.${source.source_type}`)}</span>
        )}
        {source?.source_id && <span>{source.source_id}</span>}
        {create_time && (
          <time title={format.time(Date.parse(create_time))}>{format.ago(Date.parse(create_time))}</time>
        )}
        {span_id && (
          <Link
            to="/experiments/$experimentId/traces/$traceId"
            params={params}
            search={{ span: span_id }}
            resetScroll={false}
          >
            {t('assessments.ofSpan')}
          </Link>
        )}
      </p>
    </>
  )
}

interface DeleteAssessmentProps {
  readonly traceId: string
  readonly assessment: Assessment
  readonly onClose: () => void
}

function DeleteAssessment({ traceId, assessment, onClose }: DeleteAssessmentProps) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const remove = async () => {
    await deleteAssessment(traceId, assessment.assessment_id!)
    await queries.invalidateQueries({ queryKey: queryKeys.trace(traceId) })
  }
  return (
    <ConfirmAction
      title={t('assessments.delete', { name: assessment.assessment_name })}
      action={t('runs.delete')}
      confirm={remove}
      onClose={onClose}
    >
      {t(assessment.overrides ? 'assessments.deleteRestores' : 'assessments.deleteHelp')}
    </ConfirmAction>
  )
}
