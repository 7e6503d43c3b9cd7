import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { queryKeys } from '../api/query-keys.js'
import { type Assessment, createAssessment } from '../api/traces.js'
import { FormDialog } from '../ui/form-dialog.js'
import { FormField } from '../ui/form-field.js'
import { Segments } from '../ui/segments.js'
import {
  type AssessmentDraft,
  assessmentOf,
  draftOf,
  EMPTY_DRAFT,
  VALUE_TYPES,
  valueProblem,
} from './assessment-draft.js'
import { useUserName } from './use-user-name.js'

interface AssessmentFormProps {
  readonly traceId: string
  readonly kind: 'feedback' | 'expectation'
  /** The assessment to edit, which stays as history. */
  readonly replaces?: Assessment
  readonly onClose: () => void
}

export function AssessmentForm({ traceId, kind, replaces, onClose }: AssessmentFormProps) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const user = useUserName()
  const [draft, setDraft] = useState(replaces ? draftOf(replaces) : EMPTY_DRAFT)
  const [tried, setTried] = useState(false)
  const problems = { name: draft.name.trim() === '', value: valueProblem(draft) }
  const save = useMutation({
    mutationFn: () => createAssessment(traceId, assessmentOf(draft, { kind, user, replaces })),
    async onSuccess() {
      await queries.invalidateQueries({ queryKey: queryKeys.trace(traceId) })
      onClose()
    },
  })
  const change = (next: Partial<AssessmentDraft>) => setDraft({ ...draft, ...next })
  return (
    <FormDialog
      title={
        replaces
          ? t('assessments.editTitle', { name: replaces.assessment_name })
          : t(`assessments.add_${kind}`)
      }
      onClose={onClose}
      noValidate
      action={t('assessments.save')}
      request={save}
      onSubmit={() => {
        setTried(true)
        if (!problems.name && !problems.value) save.mutate()
      }}
    >
      <FormField
        label={t('assessments.name')}
        problem={tried && problems.name ? t('assessmentProblem.required') : undefined}
      >
        {(attributes) => (
          <input
            {...attributes}
            className="input"
            maxLength={250}
            autoComplete="off"
            disabled={replaces !== undefined}
            value={draft.name}
            onChange={(event) => change({ name: event.target.value })}
          />
        )}
      </FormField>
      <Segments
        label={t('assessments.valueType')}
        value={draft.type}
        options={VALUE_TYPES.map((type) => ({ value: type, label: t(`assessmentType.${type}`) }))}
        onChange={(type) => change({ type, value: type === 'boolean' ? 'true' : '' })}
      />
      <ValueField
        draft={draft}
        problem={tried && problems.value ? t(`assessmentProblem.${problems.value}`) : undefined}
        onChange={(value) => change({ value })}
      />
      <FormField label={t('assessments.rationale')}>
        {(attributes) => (
          <textarea
            {...attributes}
            className="input"
            rows={3}
            value={draft.rationale}
            onChange={(event) => change({ rationale: event.target.value })}
          />
        )}
      </FormField>
    </FormDialog>
  )
}

interface ValueFieldProps {
  readonly draft: AssessmentDraft
  readonly problem: string | undefined
  readonly onChange: (value: string) => void
}

function ValueField({ draft, problem, onChange }: ValueFieldProps) {
  const { t } = useTranslation()
  if (draft.type === 'boolean')
    return (
      <Segments
        label={t('assessments.value')}
        value={draft.value}
        options={[
          { value: 'true', label: t('common.yes') },
          { value: 'false', label: t('common.no') },
        ]}
        onChange={onChange}
      />
    )
  return (
    <FormField label={t('assessments.value')} problem={problem}>
      {(attributes) => {
        const field = {
          ...attributes,
          value: draft.value,
          onChange: (event: { target: { value: string } }) => onChange(event.target.value),
        }
        return draft.type === 'number' ? (
          <input {...field} className="input" inputMode="decimal" />
        ) : (
          <textarea
            {...field}
            className={draft.type === 'json' ? 'input mono' : 'input'}
            rows={3}
            spellCheck={draft.type === 'text'}
          />
        )
      }}
    </FormField>
  )
}
