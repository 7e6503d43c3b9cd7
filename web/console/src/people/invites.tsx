import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { PAGE_TOKENS } from '../api/page-tokens.js'
import { deleteInvite, type Invite, listInvites } from '../api/people.js'
import { queryKeys } from '../api/query-keys.js'
import { useFormat } from '../i18n/format.js'
import { ScrollX } from '../ui/scroll-x.js'
import { SearchBar } from '../ui/search-bar.js'
import { SearchedPages } from '../ui/searched-pages.js'
import { Empty, Failure } from '../ui/states.js'
import { useDebounced } from '../ui/use-debounced.js'
import { InviteDialog } from './invite-dialog.js'

/** The links that are still valid. */
export function Invites() {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [inviting, setInviting] = useState(false)
  const [text, setText] = useState('')
  const search = useDebounced(text.trim())
  const pages = useInfiniteQuery({
    queryKey: queryKeys.invites(search),
    queryFn: ({ pageParam, signal }) => listInvites(search, pageParam, signal),
    ...PAGE_TOKENS,
    placeholderData: keepPreviousData,
  })
  const invites = pages.data?.pages.flatMap((page) => page.invites)
  const withdraw = useMutation({
    mutationFn: deleteInvite,
    onSettled: () => queries.invalidateQueries({ queryKey: queryKeys.invites() }),
  })
  return (
    <>
      <SearchBar label={t('people.searchInvites')} value={text} onChange={setText}>
        <button type="button" className="button primary" onClick={() => setInviting(true)}>
          {t('people.invite')}
        </button>
      </SearchBar>
      {withdraw.isError && <Failure error={withdraw.error} />}
      <SearchedPages
        pages={pages}
        count={invites?.length}
        search={search}
        none={<Empty title={t('people.noInvites')} />}
      >
        <InvitesTable invites={invites ?? []} withdraw={withdraw.mutate} />
      </SearchedPages>
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
