import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { getExperiment } from '../api/experiments.js'
import { queryKeys } from '../api/query-keys.js'
import { countRuns, listRunKeys } from '../api/runs.js'
import { Page } from '../app/page.js'
import { ExperimentTabs } from '../experiments/experiment-tabs.js'
import { PermissionsButton } from '../permissions/permissions-button.js'
import { Failure } from '../ui/states.js'
import { availableColumns, defaultColumns } from './columns.js'
import { FilterBar } from './filter-bar.js'
import { isFilterError } from './filter-error.js'
import { orderBy } from './order.js'
import { RunsActions } from './runs-actions.js'
import { RunsBody } from './runs-body.js'
import { SelectionBar } from './selection-bar.js'
import { useRuns } from './use-runs.js'
import { useRunsState } from './use-runs-state.js'
import './runs.css'

const KEYS_STALE_MS = 60_000

export function RunsPage() {
  const { t } = useTranslation()
  const state = useRunsState()
  const { experimentId, filter, order, deleted } = state
  const experiment = useQuery({
    queryKey: queryKeys.experiment(experimentId),
    queryFn: ({ signal }) => getExperiment(experimentId, signal),
  })
  const runs = useRuns({ experimentId, filter, orderBy: order && orderBy(order), deleted })
  const keys = useQuery({
    queryKey: queryKeys.runKeys(experimentId),
    queryFn: ({ signal }) => listRunKeys(experimentId, signal),
    staleTime: KEYS_STALE_MS,
  })
  const available = useMemo(() => availableColumns(runs.rows, keys.data), [runs.rows, keys.data])
  const columns = useMemo(
    () => state.columns ?? defaultColumns(availableColumns(runs.rows), runs.rows),
    [state.columns, runs.rows],
  )
  const total = useRunCount(experimentId, filter, deleted, runs.hasNextPage)
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
      tabs={<ExperimentTabs experimentId={experimentId} />}
      title={experiment.data?.name ?? '…'}
      breadcrumbs={breadcrumbs}
      badges={<RunCount loaded={runs.rows.length} more={runs.hasNextPage} live={runs.live} total={total} />}
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
      <RunsBody runs={runs} columns={columns} state={state} hideError={filterError !== undefined} />
      <SelectionBar selected={state.selected} deleted={deleted} onChange={state.setSelected} />
    </Page>
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

interface RunCountProps {
  readonly loaded: number
  readonly more: boolean
  readonly live: boolean
  readonly total: number | undefined
}

function RunCount({ loaded, more, live, total }: RunCountProps) {
  const { t } = useTranslation()
  const known = more ? total : loaded
  return (
    <span className="run-count" role="status">
      {known === undefined ? t('runs.countMore', { count: loaded }) : t('runs.count', { count: known })}
      {live && <span className="live">{t('runs.live')}</span>}
    </span>
  )
}
