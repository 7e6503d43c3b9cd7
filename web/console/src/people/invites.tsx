import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { deleteInvite, type Invite, listInvites } from '../api/people.js'
import { queryKeys } from '../api/query-keys.js'
import { useFormat } from '../i18n/format.js'
import { ScrollX } from '../ui/scroll-x.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { InviteDialog } from './invite-dialog.js'

/** The links that are still valid. */
export function Invites() {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [inviting, setInviting] = useState(false)
  const invites = useQuery({ queryKey: queryKeys.invites(), queryFn: ({ signal }) => listInvites(signal) })
  const withdraw = useMutation({
    mutationFn: deleteInvite,
    onSettled: () => queries.invalidateQueries({ queryKey: queryKeys.invites() }),
  })
  return (
    <>
      <div>
        <button type="button" className="button primary" onClick={() => setInviting(true)}>
          {t('people.invite')}
        </button>
      </div>
      {withdraw.isError && <Failure error={withdraw.error} />}
      {invites.isPending && <Skeleton />}
      {invites.isError && <Failure error={invites.error} retry={() => void invites.refetch()} />}
      {invites.data?.length === 0 && <Empty title={t('people.noInvites')} />}
      {invites.data && invites.data.length > 0 && (
        <InvitesTable invites={invites.data} withdraw={withdraw.mutate} />
      )}
      {inviting && <InviteDialog onClose={() => setInviting(false)} />}
    </>
  )
}

function InvitesTable({ invites, withdraw }: { invites: readonly Invite[]; withdraw: (id: string) => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <div className="panel">
      <ScrollX>
        <table className="list">
          <thead>
            <tr>
              <th scope="col">{t('people.name')}</th>
              <th scope="col">{t('people.purpose')}</th>
              <th scope="col">{t('people.groups')}</th>
              <th scope="col">{t('people.invitedBy')}</th>
              <th scope="col">{t('tokens.expires')}</th>
              <th scope="col">
                <span className="visually-hidden">{t('people.withdraw')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {invites.map((invite) => (
              <tr key={invite.id}>
                <th scope="row">{invite.name || '–'}</th>
                <td>{t(invite.purpose === 'reset' ? 'people.reset' : 'people.join')}</td>
                <td>{invite.groups.join(', ')}</td>
                <td>{invite.created_by}</td>
                <td className="muted">{format.time(invite.expires_at)}</td>
                <td>
                  <button
                    type="button"
                    className="button small"
                    aria-label={t('people.withdrawNamed', { name: invite.name || invite.created_by })}
                    onClick={() => withdraw(invite.id)}
                  >
                    {t('people.withdraw')}
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
    </div>
  )
}
