import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Page } from '../app/page.js'
import { ExperimentBreadcrumbs } from '../experiments/experiment-breadcrumbs.js'
import { ExperimentFailure } from '../experiments/experiment-failure.js'
import { useRun } from '../run/use-run.js'
import { runName } from '../runs/row.js'
import { RunStatusText } from '../runs/run-status.js'
import { SaveTable } from '../ui/save-table.js'
import { Segments } from '../ui/segments.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { compareScorers, type EvaluationRow, isChanged, matchRows } from './compare-rows.js'
import { tableOfRows } from './evaluation-csv.js'
import { EvaluationRows } from './evaluation-rows.js'
import { ScorerCards } from './scorer-cards.js'
import { isFailure, summarize } from './scores.js'
import { useEvaluationRows, useEvaluationRuns } from './use-evaluation.js'
import './evaluation.css'

const route = getRouteApi('/experiments/$experimentId/evaluation-runs/$runId')
const SHOWN = ['all', 'failures', 'changed'] as const
type Shown = (typeof SHOWN)[number]

/** An evaluation run: the rate of each scorer, its rows, and both compared with another run row by row. */
export function EvaluationRunPage() {
  const { t } = useTranslation()
  const { experimentId, runId } = route.useParams()
  const run = useRun(runId)
  return (
    <Page
      title={run.data ? runName(run.data.info) : runId.slice(0, 8)}
      breadcrumbs={
        <ExperimentBreadcrumbs experimentId={experimentId}>
          <Link to="/experiments/$experimentId/evaluation-runs" params={{ experimentId }}>
            {t('experimentTabs.evaluation')}
          </Link>
        </ExperimentBreadcrumbs>
      }
      badges={run.data && <RunStatusText status={run.data.info.status} />}
      actions={
        <>
          <Link
            className="button"
            to="/experiments/$experimentId/runs/$runId"
            params={{ experimentId, runId }}
          >
            {t('evaluation.openRun')}
          </Link>
          <OtherRun experimentId={experimentId} runId={runId} />
        </>
      }
    >
      {run.isError ? (
        <ExperimentFailure experimentId={experimentId} error={run.error} retry={() => void run.refetch()} />
      ) : (
        <Results experimentId={experimentId} runId={runId} />
      )}
    </Page>
  )
}

/** Chooses the run to compare with. */
function OtherRun({ experimentId, runId }: { experimentId: string; runId: string }) {
  const { t } = useTranslation()
  const { against = '' } = route.useSearch()
  const navigate = useNavigate()
  const others = (useEvaluationRuns(experimentId).data ?? []).filter(({ info }) => info.run_id !== runId)
  if (others.length === 0) return null
  return (
    <select
      className="select compare-select"
      aria-label={t('evaluation.compareWith')}
      value={against}
      onChange={(event) =>
        void navigate({
          to: '/experiments/$experimentId/evaluation-runs/$runId',
          params: { experimentId, runId },
          search: { against: event.target.value },
        })
      }
    >
      <option value="">{t('evaluation.compareWith')}</option>
      {others.map(({ info }) => (
        <option key={info.run_id} value={info.run_id}>
          {runName(info)}
        </option>
      ))}
    </select>
  )
}

function Results({ experimentId, runId }: { experimentId: string; runId: string }) {
  const { t } = useTranslation()
  const { against, show } = route.useSearch()
  const navigate = useNavigate()
  const traces = useEvaluationRows(experimentId, runId)
  const others = useEvaluationRows(experimentId, against)
  const rows = useMemo(
    () => matchRows(traces.data ?? [], runId, others.data ?? [], against ?? ''),
    [traces.data, runId, others.data, against],
  )
  const summaries = useMemo(() => summarize(rows.map(({ scores }) => scores)), [rows])
  const differences = useMemo(() => (against ? compareScorers(rows) : []), [rows, against])
  const isComparing = Boolean(against) && rows.some(({ other }) => other)
  const options: readonly Shown[] = isComparing ? SHOWN : ['all', 'failures']
  const shown = options.find((one) => one === show) ?? 'all'
  const failed = rows.filter(hasFailure)
  const changed = rows.filter(isChanged)
  const visible = { all: rows, failures: failed, changed }[shown]
  if (traces.isPending || (against && others.isPending)) return <Skeleton />
  const error = traces.error ?? others.error
  if (error) return <Failure error={error} retry={() => void traces.refetch()} />
  if (rows.length === 0) return <Empty title={t('evaluation.noRows')}>{t('evaluation.noRowsHelp')}</Empty>
  const counts = { all: rows.length, failures: failed.length, changed: changed.length }
  return (
    <>
      {against && !isComparing && (
        <p className="notice" role="status">
          {t('evaluation.noPairs')}
        </p>
      )}
      <ScorerCards summaries={summaries} differences={differences} />
      <div className="actions">
        <Segments<Shown>
          label={t('evaluation.show')}
          value={shown}
          options={options.map((value) => ({
            value,
            label: t(`evaluation.${value}`, { count: counts[value] }),
          }))}
          onChange={(value) =>
            void navigate({
              to: '/experiments/$experimentId/evaluation-runs/$runId',
              params: { experimentId, runId },
              search: (now: { against?: string }) => ({ ...now, show: value === 'all' ? '' : value }),
              resetScroll: false,
            })
          }
        />
        <SaveTable
          name={t('evaluation.rows')}
          table={() =>
            tableOfRows(
              visible,
              summaries.map(({ name }) => name),
              isComparing,
              t,
            )
          }
        />
      </div>
      {visible.length === 0 ? (
        <p className="muted" role="status">
          {t(`evaluation.none_${shown}`)}
        </p>
      ) : (
        <EvaluationRows
          rows={visible}
          scorers={summaries.map(({ name }) => name)}
          isComparing={isComparing}
        />
      )}
    </>
  )
}

const hasFailure = ({ scores }: EvaluationRow) => [...scores.values()].some(isFailure)
