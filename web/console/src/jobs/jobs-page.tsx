import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isMissing } from '../api/http.js'
import { type Job, listJobRuns, listJobs } from '../api/jobs.js'
import { queryKeys } from '../api/query-keys.js'
import { Page } from '../app/page.js'
import { pollWhileOffline } from '../app/query-client.js'
import { Icon } from '../ui/icon.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { JobCard } from './job-card.js'
import { JobEditor } from './job-editor.js'
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
    <Page title={t('nav.jobs')} actions={jobs.data && <NewJob />}>
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

function NewJob() {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen(true)}>
        <Icon name="plus" />
        {t('jobs.newJob')}
      </button>
      {open && <JobEditor onClose={() => setOpen(false)} />}
    </>
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
