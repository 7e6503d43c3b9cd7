import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { promote } from '../api/models.js'
import { queryKeys } from '../api/query-keys.js'
import { Failure } from '../ui/states.js'
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
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        decide.mutate(String(new FormData(event.currentTarget).get('reason') ?? '').trim())
      }}
    >
      {forcing && (
        <label className="field">
          <span>{t('gate.reason')}</span>
          <textarea className="input" name="reason" rows={2} required maxLength={2000} />
        </label>
      )}
      {decide.isError && <Failure error={decide.error} />}
      {decide.data && (
        <p role="status">
          <Verdict verdict={decide.data.verdict} />
        </p>
      )}
      <div className="actions">
        {!passes && (
          <button
            type="button"
            className="button"
            aria-pressed={forcing}
            onClick={() => setForcing(!forcing)}
          >
            {forcing ? t('common.cancel') : t('gate.force')}
          </button>
        )}
        <button type="submit" className="button primary" disabled={decide.isPending || (!passes && !forcing)}>
          {forcing ? t('gate.promoteAnyway') : t('gate.promote')}
        </button>
      </div>
    </form>
  )
}
