import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { getExperiment } from '../api/experiments.js'
import { queryKeys } from '../api/query-keys.js'
import { Page } from '../app/page.js'
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

export function RunsPage() {
  const { t } = useTranslation()
  const state = useRunsState()
  const { experimentId, filter, order, deleted } = state
  const experiment = useQuery({
    queryKey: queryKeys.experiment(experimentId),
    queryFn: ({ signal }) => getExperiment(experimentId, signal),
  })
  const runs = useRuns({ experimentId, filter, orderBy: order && orderBy(order), deleted })
  const available = useMemo(() => availableColumns(runs.rows), [runs.rows])
  const columns = useMemo(
    () => state.columns ?? defaultColumns(available, runs.rows),
    [state.columns, available, runs.rows],
  )
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
      badges={<RunCount loaded={runs.rows.length} more={runs.hasNextPage} live={runs.live} />}
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

function RunCount({ loaded, more, live }: { loaded: number; more: boolean; live: boolean }) {
  const { t } = useTranslation()
  return (
    <span className="run-count" role="status">
      {more ? t('runs.countMore', { count: loaded }) : t('runs.count', { count: loaded })}
      {live && <span className="live">{t('runs.live')}</span>}
    </span>
  )
}
