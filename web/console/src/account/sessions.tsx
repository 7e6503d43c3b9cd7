import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { endSession, listSessions, type Session } from '../api/account.js'
import { queryKeys } from '../api/query-keys.js'
import { useSignOut } from '../app/use-account.js'
import { useFormat } from '../i18n/format.js'
import { ScrollX } from '../ui/scroll-x.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { browserName } from './browser-name.js'

/** The browsers in which the caller is signed in. */
export function Sessions() {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const leave = useSignOut()
  const sessions = useQuery({ queryKey: queryKeys.sessions(), queryFn: ({ signal }) => listSessions(signal) })
  const end = useMutation({
    mutationFn: endSession,
    onSettled: () => queries.invalidateQueries({ queryKey: queryKeys.sessions() }),
  })
  if (sessions.isPending) return <Skeleton />
  if (sessions.isError) return <Failure error={sessions.error} retry={() => void sessions.refetch()} />
  if (sessions.data.length === 0) return <Empty title={t('profile.noSessions')} />
  return (
    <>
      {end.isError && <Failure error={end.error} />}
      <SessionsTable
        sessions={sessions.data}
        end={(session) => (session.current ? void leave() : end.mutate(session.id))}
      />
      <div>
        <button type="button" className="button" onClick={() => void leave(true)}>
          {t('profile.endAll')}
        </button>
      </div>
    </>
  )
}

function SessionsTable({ sessions, end }: { sessions: readonly Session[]; end: (session: Session) => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <div className="panel">
      <ScrollX>
        <table className="list">
          <thead>
            <tr>
              <th scope="col">{t('profile.browser')}</th>
              <th scope="col">{t('profile.method')}</th>
              <th scope="col">{t('profile.address')}</th>
              <th scope="col">{t('profile.lastUsed')}</th>
              <th scope="col">{t('tokens.expires')}</th>
              <th scope="col">
                <span className="visually-hidden">{t('profile.end')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {sessions.map((session) => (
              <tr key={session.id}>
                <th scope="row">
                  {session.current && <span className="chip accent">{t('profile.thisSession')}</span>}{' '}
                  <span title={session.user_agent}>{browserName(session.user_agent)}</span>
                </th>
                <td>{t(`method.${session.method as 'password'}`)}</td>
                <td>{session.address}</td>
                <td className="muted">{format.time(session.used_at)}</td>
                <td className="muted">{format.time(session.expires_at)}</td>
                <td>
                  <button
                    type="button"
                    className="button small"
                    aria-label={t('profile.endNamed', { name: browserName(session.user_agent) })}
                    onClick={() => end(session)}
                  >
                    {t('profile.end')}
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
