import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { GridRun, Job } from '../api/jobs.js'
import { Page } from '../app/page.js'
import { formatDuration, useFormat } from '../i18n/format.js'
import { Icon } from '../ui/icon.js'
import { Failure, Skeleton } from '../ui/states.js'
import { JobActions } from './job-actions.js'
import { JobFacts } from './job-facts.js'
import { JobGrid } from './job-grid.js'
import { jobGridQuery, jobQuery } from './job-queries.js'
import { JobState } from './job-state.js'
import { JobTrigger } from './job-trigger.js'
import { durationOf } from './run-marks.js'
import { type NodeState, TaskGraph } from './task-graph.js'
import './jobs.css'

const route = getRouteApi('/jobs/$jobId')

export function JobPage() {
  const { t } = useTranslation()
  const { jobId } = route.useParams()
  const job = useQuery(jobQuery(jobId))
  const grid = useInfiniteQuery({ ...jobGridQuery(jobId), enabled: job.isSuccess })
  const last = grid.data?.pages[0]?.runs[0]
  return (
    <Page
      title={job.data ? job.data.settings.name || t('jobs.job', { id: jobId }) : t('jobs.job', { id: jobId })}
      breadcrumbs={<Link to="/jobs">{t('nav.jobs')}</Link>}
      badges={last && <JobState state={last.state} result={last.result} />}
      actions={job.data && <JobActions job={job.data} />}
    >
      {job.data?.settings.description && <p className="note">{job.data.settings.description}</p>}
      {job.isPending && <Skeleton />}
      {job.isError && (
        <Failure error={job.error} retry={() => void job.refetch()} about={{ type: 'job', name: jobId }} />
      )}
      {job.data && (
        <>
          <NotEnforced job={job.data} />
          <JobGrid grid={grid} tasks={(job.data.settings.tasks ?? []).map(({ task_key }) => task_key)} />
          <Tasks job={job.data} run={last} />
          <div className="job-columns">
            <JobTrigger job={job.data} />
            <JobFacts job={job.data} />
          </div>
        </>
      )}
    </Page>
  )
}

function NotEnforced({ job }: { job: Job }) {
  const { t } = useTranslation()
  if (!job.not_enforced?.length) return null
  return (
    <div className="notice" role="note">
      <Icon name="info" />
      <div>{t('jobs.notEnforced', { settings: job.not_enforced.join(', ') })}</div>
    </div>
  )
}

/** The tasks with their states in the last run. */
function Tasks({ job, run }: { job: Job; run: GridRun | undefined }) {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const states = useMemo(() => statesOf(run), [run])
  const tasks = job.settings.tasks ?? NO_TASKS
  return (
    <TaskGraph
      title={t('jobs.timeline')}
      aside={
        run && (
          <span className="muted">
            {t('jobs.statesOf', { number: run.number_in_job, time: format.ago(run.start_time) })}
          </span>
        )
      }
      tasks={tasks}
      states={states}
      onChoose={
        run &&
        ((task) =>
          void navigate({
            to: '/jobs/runs/$runId',
            params: { runId: String(run.run_id) },
            search: { task },
          }))
      }
    />
  )
}

const NO_TASKS: NonNullable<Job['settings']['tasks']> = []

const statesOf = (run: GridRun | undefined): ReadonlyMap<string, NodeState> =>
  new Map(
    run?.tasks.map((task) => [
      task.task_key,
      { ...task, ...(durationOf(task) > 0 && !task.outcome && { detail: formatDuration(durationOf(task)) }) },
    ]),
  )
