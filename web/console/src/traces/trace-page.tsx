import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { TraceInfo } from '../api/traces.js'
import { Page } from '../app/page.js'
import { ExperimentBreadcrumbs } from '../experiments/experiment-breadcrumbs.js'
import { ExperimentFailure } from '../experiments/experiment-failure.js'
import { useMayEditExperiment } from '../permissions/use-may.js'
import { Icon } from '../ui/icon.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { Status } from '../ui/status.js'
import { Assessments } from './assessments.js'
import { ConfirmDeletion } from './delete-traces.js'
import { SpanDetails } from './span-details.js'
import { SpanTreeView } from './span-tree-view.js'
import { TraceFacts } from './trace-facts.js'
import { TraceTags } from './trace-tags.js'
import { TRACE_TONE, traceName, traceStatus } from './trace-values.js'
import { useSpans, useTrace } from './use-spans.js'
import './trace-detail.css'
import './trace-list.css'

const route = getRouteApi('/experiments/$experimentId/traces/$traceId')

export function TracePage() {
  const { t } = useTranslation()
  const { experimentId, traceId } = route.useParams()
  const trace = useTrace(traceId)
  const mayEdit = useMayEditExperiment(experimentId)
  const status = trace.data && traceStatus(trace.data)
  return (
    <Page
      title={trace.data ? traceName(trace.data) : traceId}
      breadcrumbs={
        <ExperimentBreadcrumbs experimentId={experimentId}>
          <Link to="/experiments/$experimentId/traces" params={{ experimentId }}>
            {t('experimentTabs.traces')}
          </Link>
        </ExperimentBreadcrumbs>
      }
      badges={status && <Status tone={TRACE_TONE[status]}>{t(`traceStatus.${status}`)}</Status>}
      actions={trace.data && mayEdit && <DeleteTrace experimentId={experimentId} trace={trace.data} />}
    >
      {trace.isPending && <Skeleton />}
      {trace.isError && (
        <ExperimentFailure
          experimentId={experimentId}
          error={trace.error}
          retry={() => void trace.refetch()}
        />
      )}
      {trace.data && (
        <>
          <TraceFacts trace={trace.data} />
          <SpansSection trace={trace.data} />
          <div className="trace-columns">
            <Assessments trace={trace.data} mayEdit={mayEdit} />
            <TraceTags trace={trace.data} mayEdit={mayEdit} />
          </div>
        </>
      )}
    </Page>
  )
}

/** The tree with its timeline, and the contents of the selected span. */
function SpansSection({ trace }: { trace: TraceInfo }) {
  const { t } = useTranslation()
  const search = route.useSearch()
  const params = route.useParams()
  const navigate = useNavigate()
  const spans = useSpans(trace, trace.trace_id)
  const selected =
    spans.data?.spans.find(({ span_id }) => span_id === search.span) ?? spans.tree.roots[0]?.span
  const change = (next: Partial<typeof search>) =>
    void navigate({
      to: '/experiments/$experimentId/traces/$traceId',
      params,
      search: (now: typeof search) => ({ ...now, ...next }),
      replace: true,
      resetScroll: false,
    })
  if (spans.isPending) return <Skeleton />
  if (spans.isError) return <Failure error={spans.error} retry={() => void spans.refetch()} />
  if (!selected)
    return (
      <section className="panel">
        <Empty title={t('spans.none')}>{t('spans.noneHelp')}</Empty>
      </section>
    )
  return (
    <div className="trace-split">
      <SpanTreeView
        tree={spans.tree}
        spans={spans.data.spans}
        selected={selected.span_id}
        onSelect={(span) => change({ span })}
      />
      <SpanDetails
        key={selected.span_id}
        traceId={trace.trace_id}
        span={selected}
        details={spans.data.details}
        view={search.view}
        onView={(view) => change({ view })}
      />
    </div>
  )
}

function DeleteTrace({ experimentId, trace }: { experimentId: string; trace: TraceInfo }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [asking, setAsking] = useState(false)
  return (
    <>
      <button type="button" className="button danger" onClick={() => setAsking(true)}>
        <Icon name="trash" />
        {t('runs.delete')}
      </button>
      {asking && (
        <ConfirmDeletion
          experimentId={experimentId}
          ids={[trace.trace_id]}
          onDone={() => void navigate({ to: '/experiments/$experimentId/traces', params: { experimentId } })}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  )
}
