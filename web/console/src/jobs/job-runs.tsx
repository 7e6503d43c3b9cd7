import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { isMissing } from '../api/http.js'
import { type JobRun, listJobRuns } from '../api/jobs.js'
import { PAGE_TOKENS } from '../api/page-tokens.js'
import { queryKeys } from '../api/query-keys.js'
import { pollWhileOffline } from '../app/query-client.js'
import { formatDuration, useFormat } from '../i18n/format.js'
import { StateMessage } from '../server-words/server-message.js'
import { MoreButton } from '../ui/more-button.js'
import { ScrollX } from '../ui/scroll-x.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { JobState } from './job-state.js'

const POLL_MS = 1_500
const IDLE_POLL_MS = 10_000

/** The runs of all jobs, newest first. */
export function JobRuns() {
  const { t } = useTranslation()
  const runs = useInfiniteQuery({
    queryKey: queryKeys.jobRuns(),
    queryFn: ({ pageParam, signal }) => listJobRuns(pageParam || undefined, signal),
    ...PAGE_TOKENS,
    refetchInterval: (query) =>
      pollWhileOffline(query, (data) =>
        data?.pages.some((page) => page.runs.some((run) => !run.state.result_state)) ? POLL_MS : IDLE_POLL_MS,
      ),
  })
  if (runs.isPending) return <Skeleton />
  if (isMissing(runs.error)) return <Empty title={t('jobs.unavailable')} />
  if (runs.isError) return <Failure error={runs.error} retry={() => void runs.refetch()} />
  const all = runs.data.pages.flatMap((page) => page.runs)
  if (all.length === 0)
    return (
      <Empty title={t('jobs.none')} code="npx cairn demo">
        {t('jobs.noneHelp')}
      </Empty>
    )
  return (
    <>
      <RunsTable runs={all} />
      <MoreButton pages={runs} />
    </>
  )
}

function RunsTable({ runs }: { runs: readonly JobRun[] }) {
  const { t } = useTranslation()
  return (
    <section className="panel" aria-label={t('jobs.runs')}>
      <ScrollX>
        <table className="list job-runs">
          <thead>
            <tr>
              <th scope="col">{t('column.run_name')}</th>
              <th scope="col">{t('column.status')}</th>
              <th scope="col">{t('column.start_time')}</th>
              <th scope="col" className="number">
                {t('column.duration')}
              </th>
              <th scope="col">{t('jobs.startedBy')}</th>
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => (
              <JobRunRow key={run.run_id} run={run} />
            ))}
          </tbody>
        </table>
      </ScrollX>
    </section>
  )
}

function JobRunRow({ run }: { run: JobRun }) {
  const format = useFormat()
  const { life_cycle_state, result_state, state_message } = run.state
  return (
    <tr>
      <th scope="row">
        <Link to="/jobs/runs/$runId" params={{ runId: String(run.run_id) }}>
          {run.run_name || `#${run.run_id}`}
        </Link>{' '}
        <span className="muted">#{run.number_in_job || run.run_id}</span>
      </th>
      <td>
        <JobState state={life_cycle_state} result={result_state} />
        {state_message && (
          <p className="muted">
            <StateMessage message={state_message} />
          </p>
        )}
      </td>
      <td className="muted">{run.start_time ? format.ago(run.start_time) : '–'}</td>
      <td className="number">{formatDuration(elapsed(run))}</td>
      <td className="muted">{run.creator_user_name}</td>
    </tr>
  )
}

const elapsed = ({ start_time, end_time }: JobRun) => (start_time ? (end_time || Date.now()) - start_time : 0)
