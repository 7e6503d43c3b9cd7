import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { type AccessRequest, approveAccessRequest } from '../api/access.js'
import { queryKeys } from '../api/query-keys.js'
import { Problem } from '../sign-in/problem.js'
import { FormDialog } from '../ui/form-dialog.js'
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
    <FormDialog
      title={t('accessRequest.approveFor')}
      onClose={onClose}
      action={t('accessRequest.approve')}
      request={approve}
      failure={approve.isError && <Problem error={approve.error} />}
      onSubmit={(fields) => approve.mutate(Number(fields.get('days')))}
    >
      <p className="muted">
        {request.requester} · {request.full_name}
      </p>
      <DaysField initialDays={request.grant_expires_in_days ?? DEFAULT_DAYS} />
    </FormDialog>
  )
}
