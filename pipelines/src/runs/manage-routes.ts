import { noteAccessChange } from '@cairn/platform/auth/access-cache'
import { invalid } from '@cairn/platform/errors'
import { CancelAllRuns, DeleteRun, ExportRun } from '@cairn/platform/protocol/databricks/job-run-actions'
import { CancelRun } from '@cairn/platform/protocol/databricks/job-runs'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { FastifyPluginAsync } from 'fastify'
import { tasksOf } from '../flow/run-rows.js'
import type { Wakeup } from '../flow/wakeup.js'
import { withoutPrincipalId } from '../jobs/run-as-ids.js'
import { serveJobsApi } from '../jobs/serve-jobs-api.js'
import { readNotebook } from '../notebooks/executed-notebook.js'
import type { PipelinesSchema } from '../schema.js'
import { deleteRun } from './delete-run.js'
import { renderTaskPage } from './export.js'
import { readLogEnd } from './logs.js'
import type { RunStore } from './store.js'

interface ManageRoutesOptions {
  readonly runs: RunStore
  readonly wakeup: Wakeup
  readonly context: ServiceContext
}

const LOG_LINES = 1_000
/** The logs of exported tasks are read into memory. */
const MAX_EXPORTED_TASKS = 10

/** Cancels, deletes and exports runs. */
export const manageRoutes: FastifyPluginAsync<ManageRoutesOptions> = async (
  app,
  { runs, wakeup, context },
) => {
  const db = context.db.for<PipelinesSchema>()

  serveJobsApi(app, CancelRun, async ({ run_id }) => {
    await runs.stop(run_id, 'CANCELED')
    wakeup.notify()
    return {}
  })
  serveJobsApi(app, CancelAllRuns, async ({ job_id, all_queued_runs = false }) => {
    if (job_id === undefined && !all_queued_runs)
      throw invalid('job_id: is required, unless all_queued_runs is true.')
    await runs.stopAll({ jobId: job_id, onlyQueued: all_queued_runs })
    wakeup.notify()
    return {}
  })
  serveJobsApi(app, DeleteRun, async ({ run_id }) => {
    const { job_id } = await runs.get(run_id)
    await deleteRun(db, run_id)
    if (job_id === null) noteAccessChange(db)
    context.events.announce({ type: 'job_run', run_id: String(run_id) })
    return {}
  })
  serveJobsApi(app, ExportRun, async ({ run_id, views_to_export = 'CODE' }) => {
    const task = await runs.findTask(run_id)
    const run = await runs.get(task?.run_id ?? run_id)
    const tasks = task ? [task] : await runs.tasks([run_id])
    if (tasks.length > MAX_EXPORTED_TASKS)
      throw invalid(`run_id: the run has ${tasks.length} tasks; export each by the id of its task run.`)
    const settings = tasksOf(run)
    const pages = (views_to_export === 'DASHBOARDS' ? [] : tasks).map(async (row) => {
      const { text } = await readLogEnd(db, row.task_run_id, LOG_LINES)
      const its = settings.find(({ task_key }) => task_key === row.task_key)
      const content = renderTaskPage(row, its && withoutPrincipalId(its), text)
      const notebook = await readNotebook(db, row.task_run_id)
      return [
        { name: row.task_key, type: 'NOTEBOOK' as const, content },
        ...(notebook
          ? [{ name: `${row.task_key}.ipynb`, type: 'NOTEBOOK' as const, content: notebook }]
          : []),
      ]
    })
    return { views: (await Promise.all(pages)).flat() }
  })
}
