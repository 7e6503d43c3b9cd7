import { useTranslation } from 'react-i18next'
import type { RunTask } from '../api/jobs.js'
import { formatDuration, useFormat } from '../i18n/format.js'
import { columnDecimals } from '../metrics/column-decimals.js'
import { MetricNumber } from '../metrics/metric-number.js'
import { RunName } from '../runs/run-names.js'
import { StateMessage } from '../server-words/server-message.js'
import { ScrollX } from '../ui/scroll-x.js'
import type { IterationsProps } from './iterations.js'
import { JobState } from './job-state.js'
import { RunLink } from './run-link.js'
import { parametersOf, parameterValue, type Sweep } from './trials.js'

interface TrialTableProps extends Pick<IterationsProps, 'chosen' | 'onChoose'> {
  readonly rows: readonly RunTask[]
  readonly sweep: Sweep
  /** The experiment of all runs of the sweep. */
  readonly experimentId: string | undefined
}

/** A row for each trial with its parameters, the metric, its end and its run. The number shows the log. */
export function TrialTable({ rows, sweep, experimentId, chosen, onChoose }: TrialTableProps) {
  const { t } = useTranslation()
  const names = parametersOf(sweep)
  const decimals = columnDecimals(rows.map(({ objective }) => objective))
  return (
    <ScrollX>
      <table className="list iterations trials">
        <thead>
          <tr>
            <th scope="col">{t('jobs.trial')}</th>
            {names.map((name) => (
              <th key={name} scope="col" className="mono">
                {name}
              </th>
            ))}
            <th scope="col" className="number mono">
              {sweep.objective.metric}
            </th>
            <th scope="col">{t('column.status')}</th>
            <th scope="col" className="number">
              {t('column.duration')}
            </th>
            <th scope="col">{t('jobs.trialRun')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <TrialRow
              key={row.run_id}
              row={row}
              names={names}
              experimentId={experimentId}
              decimals={decimals}
              isChosen={row.iteration === chosen}
              onChoose={onChoose}
            />
          ))}
        </tbody>
      </table>
    </ScrollX>
  )
}

interface TrialRowProps extends Pick<IterationsProps, 'onChoose'> {
  readonly row: RunTask
  readonly names: readonly string[]
  readonly decimals: number
  readonly experimentId: string | undefined
  readonly isChosen: boolean
}

function TrialRow({ row, names, decimals, experimentId, isChosen, onChoose }: TrialRowProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const { state, pruned, objective, execution_duration: duration } = row
  return (
    <tr aria-selected={isChosen}>
      <th scope="row">
        <button type="button" className="link" onClick={() => onChoose(row.iteration!)}>
          {t('jobs.trialNumber', { number: row.iteration! + 1 })}
        </button>
      </th>
      {names.map((name) => (
        <td key={name} className="mono" title={parameterValue(row, name)}>
          {parameterValue(row, name)}
        </td>
      ))}
      <td className="number">
        {objective === undefined ? '–' : <MetricNumber {...{ value: objective, format, decimals }} />}
      </td>
      <td>
        <JobState state={state.life_cycle_state} result={pruned ? 'PRUNED' : state.result_state} />
        {state.state_message && (
          <p className="muted">
            <StateMessage message={state.state_message} />
          </p>
        )}
      </td>
      <td className="number">{duration > 0 ? formatDuration(duration) : '–'}</td>
      <td>
        {row.mlflow_run_id && (
          <RunLink run={row} experimentId={experimentId}>
            <RunName runId={row.mlflow_run_id} />
          </RunLink>
        )}
      </td>
    </tr>
  )
}
