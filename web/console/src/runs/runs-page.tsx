import { useQuery } from '@tanstack/react-query'
import { lazy, type ReactNode, Suspense, useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { queryKeys } from '../api/query-keys.js'
import { countRuns } from '../api/runs.js'
import { mediaCards } from '../cards/media-cards.js'
import { ExperimentActions } from '../experiments/experiment-actions.js'
import { ExperimentPage } from '../experiments/experiment-page.js'
import { useExperiment } from '../experiments/use-experiment.js'
import { PermissionsButton } from '../permissions/permissions-button.js'
import { useMayEditExperiment } from '../permissions/use-may.js'
import { Skeleton } from '../ui/states.js'
import { ColourDialog } from './colour-dialog.js'
import type { ColumnKeys } from './column-keys.js'
import { availableColumns, type Column, differs } from './columns.js'
import { FilterBar } from './filter-bar.js'
import { isFilterError } from './filter-error.js'
import { NoRuns } from './no-runs.js'
import { orderBy } from './order.js'
import type { RunRow } from './row.js'
import { useAppearances } from './run-appearance.js'
import { RunsActions, RunsViews } from './runs-actions.js'
import { RunsBody } from './runs-body.js'
import { SelectionBar } from './selection-bar.js'
import { Split } from './split.js'
import type { TableProps } from './table-props.js'
import { useColumns, useRunKeys } from './use-columns.js'
import { useFigures } from './use-figures.js'
import { useMayManage } from './use-may-manage.js'
import { usePinnedRows } from './use-pinned-rows.js'
import { type Runs, useRuns } from './use-runs.js'
import { useRunsSource } from './use-runs-source.js'
import { type RunsState, useRunsState } from './use-runs-state.js'
import { useVisibleRuns } from './use-visible-runs.js'
import { ViewsMenu } from './views-menu.js'
import './runs.css'

const ChartsPanel = lazy(async () => ({ default: (await import('../cards/charts-panel.js')).ChartsPanel }))

export function RunsPage() {
  const state = useRunsState()
  const { experimentId, filter, order, deleted } = state
  const experiment = useExperiment(experimentId).data
  const known = useRunKeys(experimentId)
  const { columns, keys, settle, onColumn } = useColumns(state, known)
  const runs = useRuns({ experimentId, filter, orderBy: order && orderBy(order), deleted, keys })
  settle(runs.firstPage)
  const available = useMemo(() => availableColumns(runs.rows, known), [runs.rows, known])
  const table = useTableProps({ runs, columns, state, keys, onColumn })
  const mayEdit = useMayEditExperiment(experimentId)
  const mayPurge = useMayManage(experimentId, deleted)
  const total = useRunCount(experimentId, filter, deleted, runs.hasNextPage || runs.skipped > 0)
  const isEmpty = runs.isSuccess && runs.rows.length === 0 && !filter && !deleted
  const filterError = filter && isFilterError(runs.error) ? runs.error : undefined
  return (
    <ExperimentPage
      fill
      experimentId={experimentId}
      badges={<RunCount runs={runs} total={total} />}
      actions={
        <>
          <PermissionsButton object={{ kind: 'experiment', id: experimentId }} />
          <RunsViews state={state} />
          <ViewsMenu key={experimentId} state={state} mayEdit={mayEdit} />
          {experiment && <ExperimentActions experiment={experiment} />}
        </>
      }
    >
      {!isEmpty && (
        <div className="runs-toolbar">
          <FilterBar
            key={experimentId}
            filter={filter}
            error={filterError}
            experimentId={experimentId}
            deleted={deleted}
            available={available}
            onSubmit={state.setFilter}
          />
          <RunsActions state={state} known={known} available={available} columns={columns} />
        </div>
      )}
      <Panes
        state={state}
        charts={<Charts {...table} tags={known?.tags} hideError={filterError !== undefined} />}
        table={<RunsBody {...table} keys={keys} hideError={filterError !== undefined} />}
      />
      {table.colouring && (
        <ColourDialog row={table.colouring} mayEdit={mayEdit} onClose={() => table.onColour(undefined)} />
      )}
      <SelectionBar
        key={`${experimentId} ${deleted}`}
        selected={state.selected}
        deleted={deleted}
        mayEdit={mayEdit}
        mayPurge={mayPurge}
        onChange={state.setSelected}
      />
    </ExperimentPage>
  )
}

interface PanesProps {
  readonly state: RunsState
  readonly table: ReactNode
  readonly charts: ReactNode
}

/** The table, its charts, or both. */
function Panes({ state, table, charts }: PanesProps) {
  if (state.layout === 'table') return table
  if (state.layout === 'charts')
    return (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: must be reachable to scroll
      <div className="charts-only" tabIndex={0}>
        {charts}
      </div>
    )
  return <Split first={table} second={charts} />
}

interface ChartsProps extends Pick<TableProps, 'runs' | 'rows' | 'appearances' | 'state'> {
  /** Keys of tags of the experiment's runs. */
  readonly tags: readonly string[] | undefined
  readonly hideError: boolean
}

function Charts({ runs, rows, appearances, state, tags, hideError }: ChartsProps) {
  const visible = useVisibleRuns(rows.all, appearances, state.groupBy)
  const source = useRunsSource(state)
  const moreCards = useCallback(() => mediaCards(tags), [tags])
  const isBeside = state.layout !== 'charts'
  if (rows.all.length === 0)
    return <NoRuns {...{ runs, state }} hideError={hideError || isBeside} hideHelp={isBeside} />
  return (
    <Suspense fallback={<Skeleton lines={6} />}>
      <ChartsPanel
        runs={visible}
        source={source}
        state={state.cards}
        onState={state.setCards}
        hasLegend={state.layout === 'charts'}
        onSelect={state.setSelected}
        moreCards={moreCards}
      />
    </Suspense>
  )
}

interface ShownColumns {
  readonly runs: Runs
  readonly columns: readonly Column[]
  readonly state: RunsState
  readonly keys: ColumnKeys | undefined
  readonly onColumn: (first: number) => void
}

/** Reads all that the table and its charts show of the loaded runs. */
function useTableProps({ runs, columns, state, keys, onColumn }: ShownColumns) {
  const shown = useMemo(
    () => (state.differing ? columns.filter((one) => differs(one, runs.rows)) : columns),
    [columns, state.differing, runs.rows],
  )
  const rows = usePinnedRows(state.pins, runs.rows, keys)
  const appearances = useAppearances(rows.all, { ...state, skipped: runs.skipped })
  const figures = useFigures(rows.all, shown, state.figures)
  const [colouring, onColour] = useState<RunRow>()
  return { runs, rows, columns: shown, state, appearances, figures, colouring, onColour, onColumn }
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
  const { rows, hasNextPage, skipped, live, isSuccess } = runs
  const known = hasNextPage || skipped > 0 ? total : rows.length
  const text =
    known === undefined
      ? t('runs.countMore', { count: skipped + rows.length })
      : t('runs.count', { count: known })
  return (
    <span className="run-count" role="status">
      {(isSuccess || rows.length > 0) && text}
      {live && <span className="live">{t('runs.live')}</span>}
    </span>
  )
}
