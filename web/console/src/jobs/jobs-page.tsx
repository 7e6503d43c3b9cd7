import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { isMissing } from '../api/http.js'
import { type Job, listJobRuns, listJobs, runNow } from '../api/jobs.js'
import { queryKeys } from '../api/query-keys.js'
import { Page } from '../app/page.js'
import { pollWhileOffline } from '../app/query-client.js'
import { PermissionsButton } from '../permissions/permissions-button.js'
import { Icon } from '../ui/icon.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { JobRuns } from './job-runs.js'
import './jobs.css'

const POLL_MS = 1_500
const IDLE_POLL_MS = 10_000

export function JobsPage() {
  const { t } = useTranslation()
  const jobs = useQuery({ queryKey: queryKeys.jobs(), queryFn: ({ signal }) => listJobs(signal) })
  const runs = useInfiniteQuery({
    queryKey: queryKeys.jobRuns(),
    queryFn: ({ pageParam, signal }) => listJobRuns(pageParam || undefined, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_page_token || undefined,
    refetchInterval: (query) =>
      pollWhileOffline(query, (data) =>
        data?.pages.some((page) => page.runs.some((run) => !run.state.result_state)) ? POLL_MS : IDLE_POLL_MS,
      ),
  })
  const all = runs.data?.pages.flatMap((page) => page.runs) ?? []
  const absent = isMissing(runs.error)
  return (
    <Page title={t('nav.jobs')}>
      {absent && <Empty title={t('jobs.unavailable')} />}
      {runs.isPending && <Skeleton />}
      {runs.isError && !absent && <Failure error={runs.error} retry={() => void runs.refetch()} />}
      {jobs.data && jobs.data.length > 0 && <Jobs jobs={jobs.data} />}
      {runs.data && all.length === 0 && (
        <Empty title={t('jobs.none')} code="npx cairn demo">
          {t('jobs.noneHelp')}
        </Empty>
      )}
      {all.length > 0 && <JobRuns runs={all} />}
      {runs.hasNextPage && (
        <button type="button" className="button" onClick={() => void runs.fetchNextPage()}>
          {t('common.more')}
        </button>
      )}
    </Page>
  )
}

function Jobs({ jobs }: { jobs: readonly Job[] }) {
  return (
    <ul className="jobs">
      {jobs.map((job) => (
        <JobCard key={job.job_id} job={job} />
      ))}
    </ul>
  )
}

function JobCard({ job }: { job: Job }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const start = useMutation({
    mutationFn: () => runNow(job.job_id),
    onSuccess: async ({ run_id }) => {
      void queries.invalidateQueries({ queryKey: queryKeys.jobRuns() })
      await navigate({ to: '/jobs/runs/$runId', params: { runId: String(run_id) } })
    },
  })
  const name = job.settings.name || t('jobs.job', { id: job.job_id })
  return (
    <li className="panel">
      <div>
        <strong>{name}</strong>
        <p className="muted">
          {t('jobs.tasks', { count: job.settings.tasks?.length ?? 0 })} · {job.creator_user_name}
        </p>
      </div>
      <PermissionsButton object={{ kind: 'job', id: String(job.job_id) }} name={name} />
      <button
        type="button"
        className="button"
        disabled={start.isPending}
        aria-label={t('jobs.runNowName', { name })}
        onClick={() => start.mutate()}
      >
        <Icon name="play" size={13} />
        {t('jobs.runNow')}
      </button>
      {start.isError && <Failure error={start.error} />}
    </li>
  )
}
