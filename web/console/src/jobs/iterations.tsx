import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { RunTask } from '../api/jobs.js'
import { formatDuration } from '../i18n/format.js'
import { StateMessage } from '../server-words/server-message.js'
import { MoreButton } from '../ui/more-button.js'
import { ScrollX } from '../ui/scroll-x.js'
import { Segments } from '../ui/segments.js'
import { Failure, Skeleton } from '../ui/states.js'
import { JobState } from './job-state.js'
import { LoopProgress } from './loop-progress.js'
import { TaskOrigin } from './task-origin.js'
import { useIterations } from './use-iterations.js'

export interface IterationsProps {
  readonly loop: RunTask
  readonly isEnded: boolean
  /** The number of the iteration whose log is shown. */
  readonly chosen: number | undefined
  readonly onChoose: (iteration: number) => void
}

/** The iterations of a loop and its progress. The filter of failures loads all. */
export function Iterations({ loop, isEnded, chosen, onChoose }: IterationsProps) {
  const { t } = useTranslation()
  const heading = useId()
  const [shown, setShown] = useState<'all' | 'failed'>('all')
  const atLeast = shown === 'failed' ? Number.POSITIVE_INFINITY : 1
  const iterations = useIterations(loop, { isEnded, atLeast })
  const rows = shown === 'failed' ? iterations.all.filter(hasFailed) : iterations.all
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('jobs.view.iterations')}</h2>
        <Segments
          label={t('jobs.iterationFilter')}
          value={shown}
          options={[
            { value: 'all', label: t('jobs.allIterations') },
            { value: 'failed', label: t('jobs.failedIterations') },
          ]}
          onChange={setShown}
        />
      </header>
      <LoopProgress loop={iterations.loop} />
      {iterations.isPending && <Skeleton lines={3} />}
      {iterations.isError && <Failure error={iterations.error} retry={() => void iterations.refetch()} />}
      {iterations.data && rows.length === 0 && (
        <p className="body muted">{t(shown === 'failed' ? 'jobs.noFailures' : 'jobs.noIterations')}</p>
      )}
      {rows.length > 0 && <IterationTable rows={rows} chosen={chosen} onChoose={onChoose} />}
      {shown === 'all' && <MoreButton pages={iterations} />}
    </section>
  )
}

export const hasFailed = ({ state, pruned }: RunTask) =>
  state.result_state !== undefined && state.result_state !== 'SUCCESS' && !pruned

interface IterationTableProps extends Pick<IterationsProps, 'chosen' | 'onChoose'> {
  readonly rows: readonly RunTask[]
}

function IterationTable({ rows, chosen, onChoose }: IterationTableProps) {
  const { t } = useTranslation()
  return (
    <ScrollX>
      <table className="list iterations">
        <thead>
          <tr>
            <th scope="col">{t('jobs.iteration')}</th>
            <th scope="col">{t('jobs.input')}</th>
            <th scope="col">{t('column.status')}</th>
            <th scope="col" className="number">
              {t('column.duration')}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.run_id} aria-selected={row.iteration === chosen}>
              <th scope="row">
                <button type="button" className="link" onClick={() => onChoose(row.iteration!)}>
                  {t('jobs.iterationNumber', { number: row.iteration! })}
                </button>
              </th>
              <td className="mono">{JSON.stringify(row.input)}</td>
              <td>
                <JobState state={row.state.life_cycle_state} result={row.state.result_state} />
                {row.origin && <TaskOrigin origin={row.origin} />}
                {row.state.state_message && (
                  <p className="muted">
                    <StateMessage message={row.state.state_message} />
                  </p>
                )}
              </td>
              <td className="number">
                {row.execution_duration > 0 ? formatDuration(row.execution_duration) : '–'}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollX>
  )
}
