import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { getJobRun, type RunTask } from '../api/jobs.js'
import { queryKeys } from '../api/query-keys.js'
import { pollWhileOffline } from '../app/query-client.js'
import { formatDuration } from '../i18n/format.js'
import { ScrollX } from '../ui/scroll-x.js'
import { Segments } from '../ui/segments.js'
import { Failure, Skeleton } from '../ui/states.js'
import { JobState } from './job-state.js'

const POLL_MS = 2_000

interface IterationsProps {
  readonly loop: RunTask
  readonly isEnded: boolean
  /** The number of the iteration whose log is shown. */
  readonly chosen: number | undefined
  readonly onChoose: (iteration: number) => void
}

/** The iterations of a loop and how far it is. The filter of failures loads all of them. */
export function Iterations({ loop, isEnded, chosen, onChoose }: IterationsProps) {
  const { t } = useTranslation()
  const heading = useId()
  const [shown, setShown] = useState<'all' | 'failed'>('all')
  const pages = useInfiniteQuery({
    queryKey: queryKeys.iterations(loop.run_id),
    queryFn: ({ pageParam, signal }) => getJobRun(loop.run_id, pageParam || undefined, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_page_token || undefined,
    refetchInterval: (query) => pollWhileOffline(query, () => (isEnded ? false : POLL_MS)),
  })
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pages
  useEffect(() => {
    if (shown === 'failed' && hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [shown, hasNextPage, isFetchingNextPage, fetchNextPage])
  const all = (pages.data?.pages ?? []).flatMap((page) => page.iterations ?? [])
  const rows = shown === 'failed' ? all.filter(hasFailed) : all
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
      <LoopProgress loop={loop} />
      {pages.isPending && <Skeleton lines={3} />}
      {pages.isError && <Failure error={pages.error} retry={() => void pages.refetch()} />}
      {pages.data && rows.length === 0 && (
        <p className="body muted">{t(shown === 'failed' ? 'jobs.noFailures' : 'jobs.noIterations')}</p>
      )}
      {rows.length > 0 && <IterationTable rows={rows} chosen={chosen} onChoose={onChoose} />}
      {hasNextPage && shown === 'all' && (
        <button type="button" className="button more" onClick={() => void fetchNextPage()}>
          {t('common.more')}
        </button>
      )}
    </section>
  )
}

const hasFailed = ({ state }: RunTask) => state.result_state !== undefined && state.result_state !== 'SUCCESS'

function LoopProgress({ loop }: { loop: RunTask }) {
  const { t } = useTranslation()
  const stats = loop.for_each_task?.stats
  if (!stats) return null
  const {
    total_iterations: total,
    succeeded_iterations: succeeded,
    failed_iterations: failed,
  } = stats.task_run_stats
  const percent = (count: number) => `${(count / Math.max(1, total)) * 100}%`
  const text = t('jobs.loopProgress', { done: succeeded + failed, total, failed })
  return (
    <div className="body loop-progress">
      <div className="loop-bar" role="img" aria-label={text}>
        <span className="ok" style={{ width: percent(succeeded) }} />
        <span className="bad" style={{ width: percent(failed) }} />
      </div>
      <span className="muted">{text}</span>
      {stats.error_message_stats?.map(({ count, error_message }) => (
        <p key={error_message} className="problem">
          {count} × {error_message}
        </p>
      ))}
    </div>
  )
}

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
                {row.state.state_message && <p className="muted">{row.state.state_message}</p>}
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
