import { getRouteApi, Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { Trans, useTranslation } from 'react-i18next'
import { ExperimentPage } from '../experiments/experiment-page.js'
import { formatDuration, useFormat } from '../i18n/format.js'
import { traceUser } from '../traces/trace-values.js'
import { useTraces } from '../traces/use-traces.js'
import { MoreButton } from '../ui/more-button.js'
import { ScrollX } from '../ui/scroll-x.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { FIRST_SESSION } from './first-session.js'
import { ANY_SESSION, lastTime, type Session, sessionsOf, sessionTotals } from './session.js'
import { turnText } from './turn-text.js'
import './chat-sessions.css'

const route = getRouteApi('/experiments/$experimentId/chat-sessions')

export function SessionsPage() {
  const { t } = useTranslation()
  const { experimentId } = route.useParams()
  const traces = useTraces({ experimentId, wholeFilter: ANY_SESSION, range: '', order: undefined })
  const sessions = useMemo(() => sessionsOf(traces.rows), [traces.rows])
  return (
    <ExperimentPage experimentId={experimentId}>
      {traces.isPending && <Skeleton />}
      {traces.isError && <Failure error={traces.error} retry={() => void traces.refetch()} />}
      {traces.data && sessions.length === 0 && (
        <Empty title={t('chatSessions.none')} code={FIRST_SESSION(experimentId)}>
          <Trans i18nKey="chatSessions.noneHelp" />
        </Empty>
      )}
      {sessions.length > 0 && (
        <SessionsTable experimentId={experimentId} sessions={sessions} isPart={traces.hasNextPage} />
      )}
      <MoreButton pages={traces} />
    </ExperimentPage>
  )
}

interface SessionsTableProps {
  readonly experimentId: string
  readonly sessions: readonly Session[]
  /** True if sessions may have older turns that have not loaded. */
  readonly isPart: boolean
}

function SessionsTable({ experimentId, sessions, isPart }: SessionsTableProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const atLeast = (text: string) => (isPart ? `${text}+` : text)
  return (
    <section className="panel" aria-label={t('experimentTabs.sessions')}>
      <ScrollX>
        <table className="list">
          <thead>
            <tr>
              <th scope="col">{t('traceColumn.session')}</th>
              <th scope="col">{t('chatSessions.first')}</th>
              <th scope="col" className="number">
                {t('chatSessions.turns')}
              </th>
              <th scope="col" className="number">
                {t('traceColumn.duration')}
              </th>
              <th scope="col" className="number">
                {t('traceColumn.tokens')}
              </th>
              <th scope="col">{t('traceColumn.user')}</th>
              <th scope="col">{t('chatSessions.last')}</th>
            </tr>
          </thead>
          <tbody>
            {sessions.map((session) => {
              const { id, turns } = session
              const { duration, tokens, errors } = sessionTotals(turns)
              return (
                <tr key={id}>
                  <th scope="row">
                    <Link
                      to="/experiments/$experimentId/chat-sessions/$sessionId"
                      params={{ experimentId, sessionId: id }}
                    >
                      {id}
                    </Link>
                    {errors > 0 && (
                      <span className="chip bad session-errors">{t('traces.errors', { count: errors })}</span>
                    )}
                  </th>
                  <td className="session-request">
                    <span className="truncate">{turnText(turns[0]!.request_preview) ?? '–'}</span>
                  </td>
                  <td className="number">{atLeast(format.integer(turns.length))}</td>
                  <td className="number">
                    {duration === undefined ? '–' : atLeast(formatDuration(duration))}
                  </td>
                  <td className="number">{tokens === undefined ? '–' : atLeast(format.integer(tokens))}</td>
                  <td>{traceUser(turns[0]!) ?? '–'}</td>
                  <td title={format.time(lastTime(session))}>{format.ago(lastTime(session))}</td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </ScrollX>
    </section>
  )
}
