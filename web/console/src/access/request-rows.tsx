import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import {
  type AccessRequest,
  approveAccessRequest,
  declineAccessRequest,
  withdrawAccessRequest,
} from '../api/access.js'
import { queryKeys } from '../api/query-keys.js'
import { useFormat } from '../i18n/format.js'
import { Problem } from '../sign-in/problem.js'
import { fieldText } from '../ui/field-text.js'
import { FormDialog } from '../ui/form-dialog.js'
import { FormField } from '../ui/form-field.js'
import { ScrollX } from '../ui/scroll-x.js'
import { Failure } from '../ui/states.js'
import { Status } from '../ui/status.js'
import { ApproveDialog } from './approve-dialog.js'
import type { LevelName } from './levels.js'

const TONE = {
  open: 'waiting',
  approved: 'ok',
  declined: 'bad',
  withdrawn: 'waiting',
  expired: 'waiting',
} as const

interface RequestRowsProps {
  readonly requests: readonly AccessRequest[]
  /** True if the caller decides these requests; otherwise the caller sent them. */
  readonly decides: boolean
}

/** A table of requests, with buttons to decide or withdraw them. */
export function RequestRows({ requests, decides }: RequestRowsProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const [declined, setDeclined] = useState<AccessRequest>()
  const [limited, setLimited] = useState<AccessRequest>()
  const queries = useQueryClient()
  const act = useMutation({
    mutationFn: (action: () => Promise<unknown>) => action(),
    onSettled: () => queries.invalidateQueries({ queryKey: queryKeys.accessRequests() }),
  })
  const actions = (request: AccessRequest): ReactNode => {
    if (request.state !== 'open') return <Outcome request={request} />
    if (!decides)
      return (
        <Action
          name={t('accessRequest.withdraw')}
          of={request}
          disabled={act.isPending}
          onClick={() => act.mutate(() => withdrawAccessRequest(request.id))}
        />
      )
    return (
      <>
        <Action
          name={t('accessRequest.approve')}
          primary
          of={request}
          disabled={act.isPending}
          onClick={() => act.mutate(() => approveAccessRequest({ id: request.id }))}
        />{' '}
        <Action name={t('accessRequest.approveFor')} of={request} onClick={() => setLimited(request)} />{' '}
        <Action name={t('accessRequest.decline')} of={request} onClick={() => setDeclined(request)} />
      </>
    )
  }
  return (
    <>
      {act.isError && <Failure error={act.error} />}
      <div className="panel">
        <ScrollX>
          <table className="list">
            <thead>
              <tr>
                {decides && <th scope="col">{t('accessRequest.who')}</th>}
                <th scope="col">{t('accessRequest.object')}</th>
                <th scope="col">{t('accessRequest.access')}</th>
                <th scope="col">{t('accessRequest.reason')}</th>
                <th scope="col">{t('accessRequest.created')}</th>
                <th scope="col">{t('accessRequest.state')}</th>
                <th scope="col">{t('accessRequest.decision')}</th>
              </tr>
            </thead>
            <tbody>
              {requests.map((request) => (
                <tr key={request.id}>
                  {decides && <td>{request.requester}</td>}
                  <th scope="row">
                    {request.full_name}{' '}
                    <span className="muted">{t(`kindOf.${request.securable_type as 'experiment'}`)}</span>
                  </th>
                  <td>
                    <AccessText request={request} />
                  </td>
                  <td>{request.reason}</td>
                  <td className="muted">{format.time(request.created_at)}</td>
                  <td>
                    <Status tone={TONE[request.state]}>{t(`accessState.${request.state}`)}</Status>
                  </td>
                  <td>{actions(request)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollX>
      </div>
      {limited && <ApproveDialog request={limited} onClose={() => setLimited(undefined)} />}
      {declined && <DeclineDialog request={declined} onClose={() => setDeclined(undefined)} />}
    </>
  )
}

function AccessText({ request }: { request: AccessRequest }) {
  const { t } = useTranslation()
  const { level, privileges, grant_expires_in_days: days } = request
  return (
    <>
      {level ? t(`level.${level as LevelName}`, { defaultValue: level }) : privileges.join(', ')}
      {days !== undefined && <p className="muted">{t('accessRequest.days', { count: days })}</p>}
    </>
  )
}

interface ActionProps {
  readonly name: string
  readonly of: AccessRequest
  readonly primary?: boolean
  readonly disabled?: boolean
  readonly onClick: () => void
}

/** A button whose accessible name contains the request, because every row has such a button. */
const Action = ({ name, of, primary = false, disabled = false, onClick }: ActionProps) => (
  <button
    type="button"
    className={primary ? 'button small primary' : 'button small'}
    aria-label={`${name}: ${of.requester}, ${of.full_name}`}
    disabled={disabled}
    onClick={onClick}
  >
    {name}
  </button>
)

function Outcome({ request }: { request: AccessRequest }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { decided_by, decided_at, comment, grant_expires_at } = request
  if (decided_at === undefined) return '–'
  return (
    <>
      {decided_by} <span className="muted">{format.time(decided_at)}</span>
      {grant_expires_at !== undefined && (
        <p className="muted">{t('accessReview.until', { time: format.time(grant_expires_at) })}</p>
      )}
      {comment && <p className="muted">{comment}</p>}
    </>
  )
}

function DeclineDialog({ request, onClose }: { request: AccessRequest; onClose: () => void }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const decline = useMutation({
    mutationFn: (comment: string) => declineAccessRequest({ id: request.id, comment }),
    onSuccess: onClose,
    onSettled: () => queries.invalidateQueries({ queryKey: queryKeys.accessRequests() }),
  })
  return (
    <FormDialog
      title={t('accessRequest.decline')}
      onClose={onClose}
      action={t('accessRequest.decline')}
      request={decline}
      failure={decline.isError && <Problem error={decline.error} />}
      onSubmit={(fields) => decline.mutate(fieldText(fields, 'comment'))}
    >
      <FormField label={t('accessRequest.declineReason', { name: request.requester })}>
        {(attributes) => (
          <textarea {...attributes} className="input" name="comment" rows={3} maxLength={2000} required />
        )}
      </FormField>
    </FormDialog>
  )
}
