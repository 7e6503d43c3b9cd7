import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { cancelRun, getJobRun, getProgress, type JobRunProgress, repairRun } from '../api/jobs.js'
import { queryKeys } from '../api/query-keys.js'
import { Page } from '../app/page.js'
import { pollInterval } from '../app/query-client.js'
import { Failure, Skeleton } from '../ui/states.js'
import { JobState } from './job-state.js'
import { TaskLog } from './task-log.js'
import { TaskTimeline } from './task-timeline.js'
import './jobs.css'

const route = getRouteApi('/jobs/runs/$runId')
const POLL_MS = 500

export function JobRunPage() {
  const { t } = useTranslation()
  const { runId } = route.useParams()
  const { task } = route.useSearch()
  const navigate = useNavigate()
  const run = useQuery({
    queryKey: queryKeys.jobRun(runId),
    queryFn: ({ signal }) => getJobRun(Number(runId), signal),
  })
  const progress = useQuery({
    queryKey: queryKeys.jobProgress(runId),
    queryFn: ({ signal }) => getProgress(Number(runId), signal),
    refetchInterval: (query) => pollInterval(query, (data) => (data?.result ? false : POLL_MS)),
  })
  const choose = (key: string) =>
    void navigate({
      to: '/jobs/runs/$runId',
      params: { runId },
      search: { task: key },
      replace: true,
      resetScroll: false,
    })
  const chosen = progress.data?.tasks.find(({ task_key }) => task_key === task) ?? defaultTask(progress.data)
  return (
    <Page
      title={run.data?.run_name || `#${runId}`}
      breadcrumbs={<Link to="/jobs">{t('nav.jobs')}</Link>}
      badges={progress.data && <JobState state={progress.data.state} result={progress.data.result} />}
      actions={progress.data && <RunActions run={progress.data} />}
    >
      {progress.data?.message && <p className="note">{progress.data.message}</p>}
      {progress.isPending && <Skeleton />}
      {progress.isError && <Failure error={progress.error} retry={() => void progress.refetch()} />}
      {progress.data && <TaskTimeline run={progress.data} chosen={chosen?.task_key} onChoose={choose} />}
      {chosen && <TaskLog key={chosen.task_run_id} runId={runId} task={chosen} />}
    </Page>
  )
}

/** The task whose log opens first: one that failed, else one that is running, else the last that started. */
function defaultTask(run: JobRunProgress | undefined) {
  const tasks = run?.tasks ?? []
  return (
    tasks.find(({ result }) => result === 'FAILED') ??
    tasks.find(({ state }) => state === 'RUNNING') ??
    tasks.findLast(({ started_at }) => started_at !== undefined)
  )
}

function RunActions({ run }: { run: JobRunProgress }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const act = useMutation({
    mutationFn: (what: 'cancel' | 'repair'): Promise<unknown> =>
      what === 'cancel' ? cancelRun(run.run_id) : repairRun(run.run_id),
    onSettled: () => queries.invalidateQueries({ queryKey: queryKeys.jobProgress(String(run.run_id)) }),
  })
  return (
    <>
      {act.isError && <Failure error={act.error} />}
      {!run.result && (
        <button
          type="button"
          className="button danger"
          disabled={act.isPending}
          onClick={() => act.mutate('cancel')}
        >
          {t('jobs.cancel')}
        </button>
      )}
      {run.result && run.result !== 'SUCCESS' && (
        <button
          type="button"
          className="button"
          disabled={act.isPending}
          onClick={() => act.mutate('repair')}
        >
          {t('jobs.repair')}
        </button>
      )}
    </>
  )
}
