import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { queryKeys } from '../api/query-keys.js'
import { useFormat } from '../i18n/format.js'
import { NamedRunLink, RunNames } from '../runs/run-names.js'
import { traceName, traceRun, traceTime } from '../traces/trace-values.js'
import { Failure, Skeleton } from '../ui/states.js'
import { tracesOfPrompt } from './traces-of-prompt.js'

/** Polls, because events of traces of all experiments would refetch all the time. */
const POLL_MS = 30_000

/** The latest traces that used a version, in the experiments that the caller may read. */
export function PromptTraces({ name, version }: { name: string; version: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const heading = useId()
  const traces = useQuery({
    queryKey: queryKeys.promptTraces(name, version),
    queryFn: ({ signal }) => tracesOfPrompt(name, version, signal),
    refetchInterval: POLL_MS,
  })
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('prompts.usedBy')}</h2>
      </header>
      {traces.isPending && <Skeleton lines={2} />}
      {traces.isError && <Failure error={traces.error} retry={() => void traces.refetch()} />}
      {traces.data?.length === 0 && <p className="body muted">{t('prompts.unused')}</p>}
      {traces.data && traces.data.length > 0 && (
        <RunNames ids={traces.data.map(traceRun)}>
          <ul className="body prompt-traces">
            {traces.data.map((trace) => {
              const experimentId = trace.trace_location.mlflow_experiment?.experiment_id ?? '0'
              const runId = traceRun(trace)
              return (
                <li key={trace.trace_id}>
                  <Link
                    to="/experiments/$experimentId/traces/$traceId"
                    params={{ experimentId, traceId: trace.trace_id }}
                  >
                    {traceName(trace)}
                  </Link>
                  {runId && (
                    <>
                      <span className="muted">{t('traceColumn.run')}</span>
                      <NamedRunLink experimentId={experimentId} runId={runId} />
                    </>
                  )}
                  <span className="muted">{format.ago(traceTime(trace))}</span>
                </li>
              )
            })}
          </ul>
        </RunNames>
      )}
    </section>
  )
}
