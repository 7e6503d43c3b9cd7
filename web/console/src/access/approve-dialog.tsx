import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { type AccessRequest, approveAccessRequest } from '../api/access.js'
import { queryKeys } from '../api/query-keys.js'
import { Problem } from '../sign-in/problem.js'
import { Dialog } from '../ui/dialog.js'
import { DaysField } from './days-field.js'

const DEFAULT_DAYS = 7

/** Approves a request for a number of days. */
export function ApproveDialog({ request, onClose }: { request: AccessRequest; onClose: () => void }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const approve = useMutation({
    mutationFn: (days: number) => approveAccessRequest({ id: request.id, grant_expires_in_days: days }),
    onSuccess: onClose,
    onSettled: () => queries.invalidateQueries({ queryKey: queryKeys.accessRequests() }),
  })
  return (
    <Dialog title={t('accessRequest.approveFor')} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          approve.mutate(Number(new FormData(event.currentTarget).get('days')))
        }}
      >
        <p className="muted">
          {request.requester} · {request.full_name}
        </p>
        <DaysField initialDays={request.grant_expires_in_days ?? DEFAULT_DAYS} />
        {approve.isError && <Problem error={approve.error} />}
        <div className="actions">
          <button type="submit" className="button primary" disabled={approve.isPending}>
            {t('accessRequest.approve')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
