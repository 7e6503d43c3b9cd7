import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { TraceInfo } from '../api/traces.js'
import { formatDuration, useFormat } from '../i18n/format.js'
import { NamedRunLink, RunNames } from '../runs/run-names.js'
import { CopyButton } from '../ui/copy.js'
import {
  formatCost,
  traceCost,
  traceDuration,
  traceModel,
  tracePrompts,
  traceRun,
  traceSession,
  traceTime,
  traceTokens,
  traceUser,
} from './trace-values.js'

/** The figures of a trace in one strip, with links to what it belongs to. */
export function TraceFacts({ trace }: { trace: TraceInfo }) {
  const { t } = useTranslation()
  const format = useFormat()
  const duration = traceDuration(trace)
  const tokens = traceTokens(trace)
  const cost = traceCost(trace)
  return (
    <dl className="panel trace-facts">
      <Fact name={t('traceColumn.time')}>{format.time(traceTime(trace))}</Fact>
      <Fact name={t('traceColumn.duration')}>{duration !== undefined && formatDuration(duration)}</Fact>
      <Fact name={t('traceColumn.tokens')}>
        {tokens?.total !== undefined && (
          <>
            {format.integer(tokens.total)}
            {tokens.input !== undefined && tokens.output !== undefined && (
              <small className="muted">
                {t('traces.tokenSplit', {
                  input: format.integer(tokens.input),
                  output: format.integer(tokens.output),
                })}
              </small>
            )}
          </>
        )}
      </Fact>
      <Fact name={t('traceColumn.cost')}>{cost !== undefined && formatCost(cost, format.language)}</Fact>
      <Links trace={trace} />
      <Fact name={t('traceColumn.id')}>
        <span className="fact-id">
          <code className="truncate" title={trace.trace_id}>
            {trace.trace_id}
          </code>
          <CopyButton text={trace.trace_id} label={t('traces.copyId')} />
        </span>
      </Fact>
    </dl>
  )
}

function Links({ trace }: { trace: TraceInfo }) {
  const { t } = useTranslation()
  const experimentId = trace.trace_location.mlflow_experiment?.experiment_id ?? '0'
  const prompts = tracePrompts(trace)
  const [runId, modelId, session] = [traceRun(trace), traceModel(trace), traceSession(trace)]
  return (
    <>
      <Fact name={t('traceColumn.session')}>
        {session && (
          <Link
            to="/experiments/$experimentId/chat-sessions/$sessionId"
            params={{ experimentId, sessionId: session }}
          >
            {session}
          </Link>
        )}
      </Fact>
      <Fact name={t('traceColumn.user')}>{traceUser(trace)}</Fact>
      <Fact name={t('traceColumn.run')}>
        {runId && (
          <RunNames ids={[runId]}>
            <NamedRunLink experimentId={experimentId} runId={runId} />
          </RunNames>
        )}
      </Fact>
      <Fact name={t('traces.model')}>
        {modelId && (
          <Link to="/experiments/$experimentId/models/$modelId" params={{ experimentId, modelId }}>
            {modelId.slice(0, 10)}
          </Link>
        )}
      </Fact>
      <Fact name={t('traces.prompts')}>
        {prompts.length > 0 &&
          prompts.map(({ name, version }) => (
            <Link key={`${name} ${version}`} to="/prompts/$name" params={{ name }} search={{ version }}>
              {name} v{version}{' '}
            </Link>
          ))}
      </Fact>
    </>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  if (!children) return null
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
