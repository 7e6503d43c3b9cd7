import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { promote } from '../api/models.js'
import { queryKeys } from '../api/query-keys.js'
import { fieldText } from '../ui/field-text.js'
import { SubmitForm } from '../ui/submit-form.js'
import { Verdict } from './verdict.js'

interface PromoteProps {
  readonly name: string
  readonly version: string
  readonly passes: boolean
}

/** Moves the champion alias if the gate passes. Forcing it otherwise requires a reason, which is recorded. */
export function Promote({ name, version, passes }: PromoteProps) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [forcing, setForcing] = useState(false)
  const decide = useMutation({
    mutationFn: (reason: string) =>
      promote({ name, version, ...(forcing && { force: true }), ...(reason && { reason }) }),
    onSuccess: () => {
      setForcing(false)
      for (const read of ['model', 'versions', 'gate', 'promotions', 'models'] as const)
        void queries.invalidateQueries({ queryKey: queryKeys[read]() })
    },
  })
  return (
    <SubmitForm
      action={forcing ? t('gate.promoteAnyway') : t('gate.promote')}
      request={decide}
      isReady={passes || forcing}
      buttons={
        !passes && (
          <button
            type="button"
            className="button"
            aria-pressed={forcing}
            onClick={() => setForcing(!forcing)}
          >
            {forcing ? t('common.cancel') : t('gate.force')}
          </button>
        )
      }
      onSubmit={(fields) => decide.mutate(fieldText(fields, 'reason'))}
    >
      {forcing && (
        <label className="field">
          <span>{t('gate.reason')}</span>
          <textarea className="input" name="reason" rows={2} required maxLength={2000} />
        </label>
      )}
      {decide.data && (
        <p role="status">
          <Verdict verdict={decide.data.verdict} />
        </p>
      )}
    </SubmitForm>
  )
}
