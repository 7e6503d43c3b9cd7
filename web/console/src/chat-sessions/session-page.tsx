import { getRouteApi, Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { TraceInfo } from '../api/traces.js'
import { Page } from '../app/page.js'
import { ExperimentBreadcrumbs } from '../experiments/experiment-breadcrumbs.js'
import { ExperimentFailure } from '../experiments/experiment-failure.js'
import { formatDuration, useFormat } from '../i18n/format.js'
import { looksLikeMarkdown } from '../markdown/looks-like-markdown.js'
import { Markdown } from '../markdown/markdown.js'
import { AssessmentChip } from '../traces/assessment-chip.js'
import {
  TRACE_TONE,
  traceDuration,
  traceStatus,
  traceTime,
  traceTokens,
  validAssessments,
} from '../traces/trace-values.js'
import { useTraces } from '../traces/use-traces.js'
import { MoreButton } from '../ui/more-button.js'
import { Empty, Skeleton } from '../ui/states.js'
import { StatusMark } from '../ui/status.js'
import { sessionFilter, sessionTotals } from './session.js'
import { turnText } from './turn-text.js'
import '../traces/trace-detail.css'
import '../traces/trace-list.css'
import './chat-sessions.css'

const route = getRouteApi('/experiments/$experimentId/chat-sessions/$sessionId')

/** The turns of a session as a conversation, each with a link to its trace. */
export function SessionPage() {
  const { t } = useTranslation()
  const { experimentId, sessionId } = route.useParams()
  const filter = sessionFilter(sessionId)
  const traces = useTraces({ experimentId, wholeFilter: filter, range: '', order: 'time' })
  const turns = traces.rows
  return (
    <Page
      title={sessionId}
      breadcrumbs={
        <ExperimentBreadcrumbs experimentId={experimentId}>
          <Link to="/experiments/$experimentId/chat-sessions" params={{ experimentId }}>
            {t('experimentTabs.sessions')}
          </Link>
        </ExperimentBreadcrumbs>
      }
      badges={turns.length > 0 && <Totals turns={turns} isPart={traces.hasNextPage} />}
      actions={
        <Link
          to="/experiments/$experimentId/traces"
          params={{ experimentId }}
          search={{ filter, order: 'time' }}
          className="button"
        >
          {t('chatSessions.showTraces')}
        </Link>
      }
    >
      {traces.isPending && <Skeleton />}
      {traces.isError && (
        <ExperimentFailure
          experimentId={experimentId}
          error={traces.error}
          retry={() => void traces.refetch()}
        />
      )}
      {traces.data && turns.length === 0 && <Empty title={t('chatSessions.notFound')} />}
      <ol className="session-turns">
        {turns.map((turn) => (
          <Turn key={turn.trace_id} experimentId={experimentId} turn={turn} />
        ))}
      </ol>
      <MoreButton pages={traces} />
    </Page>
  )
}

interface TotalsProps {
  readonly turns: readonly TraceInfo[]
  /** True if the session has more turns, which have not loaded. */
  readonly isPart: boolean
}

function Totals({ turns, isPart }: TotalsProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const atLeast = (text: string) => (isPart ? `${text}+` : text)
  const { duration, tokens, errors } = sessionTotals(turns)
  const facts = [
    t('chatSessions.count', { count: turns.length, text: atLeast(format.integer(turns.length)) }),
    ...(duration === undefined ? [] : [atLeast(formatDuration(duration))]),
    ...(tokens === undefined
      ? []
      : [t('spans.tokens', { count: tokens, text: atLeast(format.integer(tokens)) })]),
  ]
  return (
    <span className="muted">
      {facts.join(' · ')}
      {errors > 0 && <span className="chip bad session-errors">{t('traces.errors', { count: errors })}</span>}
    </span>
  )
}

function Turn({ experimentId, turn }: { experimentId: string; turn: TraceInfo }) {
  const { t } = useTranslation()
  const format = useFormat()
  const status = traceStatus(turn)
  const [duration, tokens] = [traceDuration(turn), traceTokens(turn)?.total]
  return (
    <li className="panel session-turn">
      <Message side="user" text={turnText(turn.request_preview)} />
      <Message side="assistant" text={turnText(turn.response_preview)} />
      <footer>
        <StatusMark tone={TRACE_TONE[status]} />
        <span className="visually-hidden">{t(`traceStatus.${status}`)}</span>
        <span title={format.time(traceTime(turn))}>{format.ago(traceTime(turn))}</span>
        {duration !== undefined && <span>{formatDuration(duration)}</span>}
        {tokens !== undefined && (
          <span>{t('spans.tokens', { count: tokens, text: format.integer(tokens) })}</span>
        )}
        {validAssessments(turn).map((assessment) => (
          <AssessmentChip key={assessment.assessment_id} assessment={assessment} />
        ))}
        <Link
          to="/experiments/$experimentId/traces/$traceId"
          params={{ experimentId, traceId: turn.trace_id }}
        >
          {t('chatSessions.openTrace')}
        </Link>
      </footer>
    </li>
  )
}

function Message({ side, text }: { side: 'user' | 'assistant'; text: string | undefined }) {
  const { t } = useTranslation()
  return (
    <div className={`chat-message ${side}`}>
      <strong>{t(`chatSessions.${side}`)}</strong>
      {text === undefined && <p className="muted">{t('spans.noValue')}</p>}
      {text !== undefined && (looksLikeMarkdown(text) ? <Markdown text={text} /> : <p>{text}</p>)}
    </div>
  )
}
