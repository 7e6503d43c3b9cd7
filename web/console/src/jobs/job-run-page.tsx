import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import type { TFunction } from 'i18next'
import { useEffect, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { getJobRun, getProgress, type JobRun, type JobRunProgress, type TaskProgress } from '../api/jobs.js'
import { queryKeys } from '../api/query-keys.js'
import { Page } from '../app/page.js'
import { pollInterval } from '../app/query-client.js'
import { formatDuration } from '../i18n/format.js'
import { StateMessage } from '../server-words/server-message.js'
import { Failure, Skeleton } from '../ui/states.js'
import { JobState } from './job-state.js'
import { RunActions } from './run-actions.js'
import { RunFacts } from './run-facts.js'
import { durationOf } from './run-marks.js'
import { type NodeState, TaskGraph } from './task-graph.js'
import { originText } from './task-origin.js'
import { TaskPanel } from './task-panel.js'
import { TaskTimeline } from './task-timeline.js'
import { useProgressText } from './use-progress-text.js'
import './jobs.css'

const route = getRouteApi('/jobs/runs/$runId')
const POLL_MS = 500

export function JobRunPage() {
  const { runId } = route.useParams()
  const { task } = route.useSearch()
  const run = useQuery({
    queryKey: queryKeys.jobRun(runId),
    queryFn: ({ signal }) => getJobRun(Number(runId), undefined, signal),
  })
  const progress = useQuery({
    queryKey: queryKeys.jobProgress(runId),
    queryFn: ({ signal }) => getProgress(Number(runId), signal),
    refetchInterval: (query) => pollInterval(query, (data) => (data?.result ? false : POLL_MS)),
  })
  useRunOfTask(runId, progress.data)
  const choose = useChoose(runId)
  const chosen = progress.data?.tasks.find(({ task_key }) => task_key === task) ?? defaultTask(progress.data)
  return (
    <Page
      title={run.data?.run_name || `#${runId}`}
      breadcrumbs={<Breadcrumbs run={run.data} />}
      badges={progress.data && <JobState state={progress.data.state} result={progress.data.result} />}
      actions={progress.data && <RunActions progress={progress.data} run={run.data} />}
    >
      {progress.data?.message && (
        <p className="note">
          <StateMessage message={progress.data.message} />
        </p>
      )}
      {progress.isPending && <Skeleton />}
      {progress.isError && <Failure error={progress.error} retry={() => void progress.refetch()} />}
      {run.data && progress.data && <RunFacts run={run.data} progress={progress.data} />}
      {progress.data && (
        <div className="run-columns">
          {run.data && (
            <RunGraph run={run.data} progress={progress.data} chosen={chosen?.task_key} onChoose={choose} />
          )}
          <TaskTimeline run={progress.data} chosen={chosen?.task_key} onChoose={choose} />
        </div>
      )}
      {chosen && progress.data && (
        <TaskPanel
          key={chosen.task_run_id}
          runId={String(progress.data.run_id)}
          progress={chosen}
          task={run.data?.tasks?.find(({ task_key }) => task_key === chosen.task_key)}
        />
      )}
    </Page>
  )
}

function Breadcrumbs({ run }: { run: JobRun | undefined }) {
  const { t } = useTranslation()
  return (
    <>
      <Link to="/jobs">{t('nav.jobs')}</Link>
      {run?.job_id !== undefined && (
        <>
          <span aria-hidden="true">/</span>
          <Link to="/jobs/$jobId" params={{ jobId: String(run.job_id) }}>
            {run.run_name || t('jobs.job', { id: run.job_id })}
          </Link>
          <span aria-hidden="true">/</span>
          <span>{t('jobs.runNumber', { number: run.number_in_job })}</span>
        </>
      )}
    </>
  )
}

function useChoose(runId: string) {
  const navigate = useNavigate()
  return (task: string) =>
    void navigate({
      to: '/jobs/runs/$runId',
      params: { runId },
      search: { task },
      replace: true,
      resetScroll: false,
    })
}

/** Redirects from the id of a task run to its job run. */
function useRunOfTask(runId: string, progress: JobRunProgress | undefined) {
  const navigate = useNavigate()
  useEffect(() => {
    if (!progress || String(progress.run_id) === runId) return
    const task = progress.tasks.find(({ task_run_id }) => String(task_run_id) === runId)?.task_key
    void navigate({
      to: '/jobs/runs/$runId',
      params: { runId: String(progress.run_id) },
      search: task ? { task } : {},
      replace: true,
    })
  }, [runId, progress, navigate])
}

/** The task that is selected first: a failed one, else a running one, else the last started. */
function defaultTask(run: JobRunProgress | undefined) {
  const tasks = run?.tasks ?? []
  return (
    tasks.find(({ result }) => result === 'FAILED') ??
    tasks.find(({ state }) => state === 'RUNNING') ??
    tasks.findLast(({ started_at }) => started_at !== undefined)
  )
}

interface RunGraphProps {
  readonly run: JobRun
  readonly progress: JobRunProgress
  readonly chosen: string | undefined
  readonly onChoose: (task: string) => void
}

function RunGraph({ run, progress, chosen, onChoose }: RunGraphProps) {
  const { t } = useTranslation()
  const progressText = useProgressText()
  const states = useMemo(() => statesOf(progress.tasks, progressText, t), [progress, progressText, t])
  return (
    <TaskGraph
      title={t('jobs.graph')}
      tasks={run.tasks ?? NO_TASKS}
      states={states}
      chosen={chosen}
      onChoose={onChoose}
    />
  )
}

const NO_TASKS: NonNullable<JobRun['tasks']> = []

function statesOf(
  tasks: readonly TaskProgress[],
  progressText: (task: TaskProgress) => string,
  t: TFunction,
): ReadonlyMap<string, NodeState> {
  const detailOf = (task: TaskProgress) => {
    if (task.outcome) return ''
    if (task.origin) return originText(task.origin, t)
    return task.ended_at && durationOf(task) > 0 ? formatDuration(durationOf(task)) : progressText(task)
  }
  return new Map(tasks.map((task) => [task.task_key, { ...task, detail: detailOf(task) }]))
}
