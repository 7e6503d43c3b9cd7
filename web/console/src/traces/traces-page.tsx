import { useMemo } from 'react'
import { Trans, useTranslation } from 'react-i18next'
import { ExperimentPage } from '../experiments/experiment-page.js'
import { useMayEditExperiment } from '../permissions/use-may.js'
import { isFilterError } from '../runs/filter-error.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { DeleteTraces } from './delete-traces.js'
import { FilterField } from './filter-field.js'
import { FIRST_TRACE } from './first-trace.js'
import { TraceCharts } from './trace-charts.js'
import { type TracesState, useTracesState } from './traces-state.js'
import { TracesTable } from './traces-table.js'
import { TracesToolbar } from './traces-toolbar.js'
import { useSelection } from './use-selection.js'
import { type Traces, useTraceCounts, useTraces } from './use-traces.js'
import { vocabularyOf } from './vocabulary.js'
import './trace-list.css'

export function TracesPage() {
  const state = useTracesState()
  const { experimentId, filter, wholeFilter, range } = state
  const traces = useTraces(state)
  const mayEdit = useMayEditExperiment(experimentId)
  const { selected, toggle, clear } = useSelection(JSON.stringify([experimentId, wholeFilter, range]))
  const words = useMemo(() => vocabularyOf(traces.rows), [traces.rows])
  const filterError = isFilterError(traces.error) ? traces.error : undefined
  return (
    <ExperimentPage fill experimentId={experimentId} badges={<TraceCount state={state} />}>
      <div className="trace-controls">
        <FilterField
          key={filter}
          filter={filter}
          error={filterError}
          words={words}
          onSubmit={(next) => state.change({ filter: next })}
        />
        <TracesToolbar state={state} />
        {state.charts && <TraceCharts experimentId={experimentId} range={state.range} />}
      </div>
      <TracesBody
        traces={traces}
        state={state}
        hideError={filterError !== undefined}
        selected={selected}
        onSelect={mayEdit ? toggle : undefined}
      />
      {selected.size > 0 && <DeleteTraces experimentId={experimentId} ids={[...selected]} onDone={clear} />}
    </ExperimentPage>
  )
}

interface TracesBodyProps {
  readonly traces: Traces
  readonly state: TracesState
  /** Set if the filter already shows the error. */
  readonly hideError: boolean
  readonly selected: ReadonlySet<string>
  readonly onSelect: ((id: string) => void) | undefined
}

function TracesBody({ traces, state, hideError, selected, onSelect }: TracesBodyProps) {
  const { t } = useTranslation()
  if (traces.isPending) return <Skeleton lines={10} />
  if (traces.isError && (hideError || traces.rows.length === 0))
    return <div>{!hideError && <Failure error={traces.error} retry={() => void traces.refetch()} />}</div>
  if (traces.rows.length > 0)
    return <TracesTable traces={traces} state={state} selected={selected} onSelect={onSelect} />
  if (state.wholeFilter || state.range)
    return (
      <Empty title={t('traces.noMatch')}>
        <button
          type="button"
          className="button"
          onClick={() => state.change({ filter: '', status: '', range: '' })}
        >
          {t('runs.clearFilter')}
        </button>
      </Empty>
    )
  return (
    <Empty title={t('traces.none')} code={FIRST_TRACE(state.experimentId)}>
      <Trans i18nKey="traces.noneHelp" />
    </Empty>
  )
}

function TraceCount({ state }: { state: TracesState }) {
  const { t } = useTranslation()
  const counts = useTraceCounts(state)
  return (
    <span className="trace-count" role="status">
      {counts && t('traces.count', { count: counts.total })}
      {counts !== undefined && counts.errors > 0 && (
        <span className="chip bad">{t('traces.errors', { count: counts.errors })}</span>
      )}
    </span>
  )
}
