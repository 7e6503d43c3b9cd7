import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { getExperiment } from '../api/experiments.js'
import { queryKeys } from '../api/query-keys.js'
import { countRuns } from '../api/runs.js'
import { Page } from '../app/page.js'
import { PermissionsButton } from '../permissions/permissions-button.js'
import { Failure, Skeleton } from '../ui/states.js'
import { availableColumns } from './columns.js'
import { FilterBar } from './filter-bar.js'
import { isFilterError } from './filter-error.js'
import { orderBy } from './order.js'
import { RunsActions } from './runs-actions.js'
import { RunsBody } from './runs-body.js'
import { SelectionBar } from './selection-bar.js'
import { Split } from './split.js'
import { useColumns, useRunKeys } from './use-columns.js'
import { type Runs, useRuns } from './use-runs.js'
import { type RunsState, useRunsState } from './use-runs-state.js'
import { useVisibleRuns } from './use-visible-runs.js'
import './runs.css'

const ChartsPanel = lazy(async () => ({ default: (await import('../cards/charts-panel.js')).ChartsPanel }))

export function RunsPage() {
  const { t } = useTranslation()
  const state = useRunsState()
  const { experimentId, filter, order, deleted } = state
  const experiment = useQuery({
    queryKey: queryKeys.experiment(experimentId),
    queryFn: ({ signal }) => getExperiment(experimentId, signal),
  })
  const known = useRunKeys(experimentId)
  const { columns, keys, settle } = useColumns(state, known)
  const runs = useRuns({ experimentId, filter, orderBy: order && orderBy(order), deleted, keys })
  settle(runs.firstPage)
  const available = useMemo(() => availableColumns(runs.rows, known), [runs.rows, known])
  const total = useRunCount(experimentId, filter, deleted, runs.hasNextPage || runs.skipped > 0)
  const filterError = filter && isFilterError(runs.error) ? runs.error : undefined
  const breadcrumbs = <Link to="/experiments">{t('nav.experiments')}</Link>
  if (experiment.isLoadingError)
    return (
      <Page title={experimentId} breadcrumbs={breadcrumbs}>
        <Failure
          error={experiment.error}
          retry={() => void experiment.refetch()}
          about={{ type: 'experiment', name: experimentId }}
        />
      </Page>
    )
  return (
    <Page
      fill
      title={experiment.data?.name ?? '…'}
      breadcrumbs={breadcrumbs}
      badges={<RunCount runs={runs} total={total} />}
      actions={
        <>
          <PermissionsButton object={{ kind: 'experiment', id: experimentId }} />
          <RunsActions state={state} rows={runs.rows} available={available} columns={columns} />
        </>
      }
    >
      <FilterBar
        key={filter}
        filter={filter}
        error={filterError}
        available={available}
        onSubmit={state.setFilter}
      />
      <Panes
        runs={runs}
        state={state}
        table={<RunsBody runs={runs} columns={columns} state={state} hideError={filterError !== undefined} />}
      />
      <SelectionBar selected={state.selected} deleted={deleted} onChange={state.setSelected} />
    </Page>
  )
}

interface PanesProps {
  readonly runs: Runs
  readonly state: RunsState
  readonly table: ReactNode
}

/** The table, its charts, or both. */
function Panes({ runs, state, table }: PanesProps) {
  if (state.layout === 'table') return table
  const charts = <Charts runs={runs} state={state} />
  if (state.layout === 'charts') return <div className="charts-only">{charts}</div>
  return <Split first={table} second={charts} />
}

function Charts({ runs, state }: Omit<PanesProps, 'table'>) {
  const { experimentId, groupBy } = state
  const visible = useVisibleRuns(runs.rows)
  const experimentIds = useMemo(() => [experimentId], [experimentId])
  const groupIds = useMemo(() => groupBy.map(({ id }) => id), [groupBy])
  return (
    <Suspense fallback={<Skeleton lines={6} />}>
      <ChartsPanel
        experimentIds={experimentIds}
        runs={visible}
        groupBy={groupIds}
        state={state.cards}
        onState={state.setCards}
      />
    </Suspense>
  )
}

/** The exact number of runs, once it is known, if not all are loaded. */
function useRunCount(experimentId: string, filter: string, deleted: boolean, enabled: boolean) {
  const { data } = useQuery({
    queryKey: queryKeys.runCount(experimentId, filter, deleted),
    queryFn: ({ signal }) => {
      const run_view_type = deleted ? 'DELETED_ONLY' : 'ACTIVE_ONLY'
      return countRuns({ experiment_ids: [experimentId], filter, run_view_type }, signal)
    },
    enabled,
  })
  return data
}

function RunCount({ runs, total }: { runs: Runs; total: number | undefined }) {
  const { t } = useTranslation()
  const { rows, hasNextPage, skipped, live } = runs
  const known = hasNextPage || skipped > 0 ? total : rows.length
  return (
    <span className="run-count" role="status">
      {known === undefined
        ? t('runs.countMore', { count: skipped + rows.length })
        : t('runs.count', { count: known })}
      {live && <span className="live">{t('runs.live')}</span>}
    </span>
  )
}
