import type { NoteDecision } from '@cairn/platform/auth/authorizer'
import type { Db } from '@cairn/platform/db/db'
import { ApiError, invalid, missing } from '@cairn/platform/errors'
import { GetRunProgress } from '@cairn/platform/protocol/cairn/run-progress'
import { GetTaskLogs } from '@cairn/platform/protocol/cairn/task-logs'
import {
  GetJobRun,
  GetRunOutput,
  type JobRun,
  ListJobRuns,
  RepairRun,
  RunNow,
  SubmitRun,
  type TaskOutput,
} from '@cairn/platform/protocol/databricks/job-runs'
import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'
import type { Input } from '@cairn/platform/protocol/operation'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { statsOfLoops } from '../flow/iteration-stats.js'
import { settingsOf } from '../flow/run-rows.js'
import type { Wakeup } from '../flow/wakeup.js'
import { checkSettings, requireRunAs } from '../jobs/check-settings.js'
import { grantInitially, initialGrants } from '../jobs/initial-access.js'
import { permissionLevel } from '../jobs/permission-level.js'
import { runAsIds, withIds, withoutIds } from '../jobs/run-as-ids.js'
import { serveJobsApi } from '../jobs/serve-jobs-api.js'
import type { JobStore } from '../jobs/store.js'
import { hasNotebook } from '../notebooks/executed-notebook.js'
import type { DestinationAccess } from '../notifications/destination-access.js'
import { withNamers } from '../notifications/namers.js'
import type { JobRunRow, PipelinesSchema, TaskRunRow } from '../schema.js'
import type { TaskRegistry } from '../task-kinds/registry.js'
import { type AddWaitReasons, findIteration, readIterations, withLoopStats } from './iterations.js'
import { readFailure, readLog, readLogEnd } from './logs.js'
import { manageRoutes } from './manage-routes.js'
import { withPageUrl } from './page-url.js'
import { loopsOf, renderProgress } from './progress.js'
import { renderRun, renderTask, renderTaskAsRun } from './render.js'
import { type RepairRequest, repairRun } from './repair.js'
import { withResolvedValues } from './resolved-values.js'
import { findResumed, mergeResumedChoices } from './resume.js'
import { parseCaching, parseRunChoices, requireMayChoose, writerOf } from './run-choices.js'
import type { RunStore } from './store.js'
import { withWaitReasons } from './wait-reasons.js'

interface RunRoutesOptions {
  readonly jobs: JobStore
  readonly runs: RunStore
  readonly registry: TaskRegistry
  readonly destinations: DestinationAccess
  readonly wakeup: Wakeup
  readonly context: ServiceContext
}

const OUTPUT_LINES = 1_000

/** Databricks' Jobs API for runs: starts, reads, repairs, cancels, deletes and exports them. */
export const runRoutes: FastifyPluginAsync<RunRoutesOptions> = async (app, options) => {
  await app.register(startRoutes, options)
  await app.register(readRoutes, options)
  await app.register(manageRoutes, options)
}

const startRoutes: FastifyPluginAsync<RunRoutesOptions> = async (
  app,
  { jobs, runs, registry, destinations, wakeup, context },
) => {
  const db = context.db.for<PipelinesSchema>()

  serveJobsApi(app, RunNow, async ({ job_id, idempotency_token, queue, ...input }, request) => {
    const job = await jobs.get(job_id)
    const settings = JSON.parse(job.settings) as JobSettings
    const from = input.resume_from_run_id
    const resumed = from === undefined ? undefined : await findResumed(runs, job, from)
    const chosen = resumed
      ? mergeResumedChoices(resumed, parseRunChoices(input), settings)
      : parseRunChoices(input)
    await requireMayChoose({ ...job, principal_id: job.creator_id }, chosen, request, context)
    const run = {
      creator: request.principal.name,
      ...chosen,
      caching: parseCaching(input, settings),
      resumed,
      ...(idempotency_token && { idempotencyKey: `job:${job_id}:${idempotency_token}` }),
    }
    const writer_id = writerOf(job, chosen, request.principal)
    const { run_id, number_in_job } = await runs.runJob({ ...job, writer_id }, run, queue)
    wakeup.notify()
    return { run_id, number_in_job }
  })
  serveJobsApi(app, SubmitRun, async (input, request) => {
    const { run_name, idempotency_token, access_control_list = [], ...settings } = input
    const { principal } = request
    checkSettings(settings, registry, context.now())
    const note: NoteDecision = (one) => request.noteDecision(one)
    const withRunAs = withIds(withoutIds(settings), await runAsIds(settings, context.identities))
    await requireRunAs(withRunAs, principal.id, principal, { ...context, note })
    const namers = await destinations.require(settings, undefined, { principal, note })
    const stored = withNamers(withRunAs, namers)
    const grants = await initialGrants(access_control_list, request, context)
    const runName = run_name ?? 'Untitled'
    const { run_id, isNew } = await runs.submit({
      settings: stored,
      creator: principal.name,
      owner: principal.id,
      runName,
      parameters: {},
      ...(idempotency_token && { idempotencyKey: `submit:${principal.id}:${idempotency_token}` }),
    })
    // A run that already existed may have another owner now.
    if (isNew) await grantInitially({ id: run_id, name: runName }, grants, request, context)
    wakeup.notify()
    return { run_id }
  })
  serveJobsApi(app, RepairRun, async (input, request) => {
    const run = await runs.get(input.run_id)
    const { run_id } = run
    const chosen = parseRunChoices(input)
    await requireMayChoose(run, chosen, request, context)
    const repair = {
      runId: run_id,
      failed: input.rerun_all_failed_tasks ?? false,
      tasks: input.rerun_tasks ?? [],
      dependents: input.rerun_dependent_tasks ?? false,
      latestRepairId: input.latest_repair_id,
      ...chosen,
      writer: (before) => writerOf(before, chosen, request.principal),
    } satisfies RepairRequest
    const repair_id = await repairRun(db, repair, context.now())
    context.events.announce({ type: 'job_run', run_id: String(run_id) })
    wakeup.notify()
    return { repair_id }
  })
}

const readRoutes: FastifyPluginAsync<RunRoutesOptions> = async (app, { runs, registry, context }) => {
  const db = context.db.for<PipelinesSchema>()
  const withUrl = (run: JobRun, request: FastifyRequest) => withPageUrl(run, request, context)
  const addWaitReasons = (tasks: readonly TaskRunRow[]) => withWaitReasons(db, context.now(), tasks)

  serveJobsApi(app, GetJobRun, async ({ run_id, page_token, include_resolved_values }, request) => {
    const resolve: ResolveValues = async (rendered, run, rows) =>
      include_resolved_values ? withResolvedValues(rendered, run, rows, { db, registry }) : rendered
    const task = await runs.findTask(run_id)
    if (task) return withUrl(await getTask(db, runs, { task, page_token, addWaitReasons, resolve }), request)
    if (page_token) throw invalid('page_token: a run of a job has one page; pass the run of a loop.')
    // The run is read before its tasks, so that an ended run never shows a running task.
    const run = await runs.get(run_id)
    const tasks = await addWaitReasons(await runs.tasks([run_id], { history: true }))
    const rendered = await withLoopStats(db, renderRun(run, tasks, await runs.repairs(run_id)))
    return withUrl(await resolve(rendered, run, tasks), request)
  })
  serveJobsApi(app, ListJobRuns, async (input, request) => {
    if (input.active_only && input.completed_only)
      throw invalid('active_only and completed_only cannot both be true.')
    const page = await runs.list({
      jobId: input.job_id,
      active: activityOf(input),
      runType: input.run_type,
      withTasks: input.expand_tasks,
      from: input.start_time_from,
      to: input.start_time_to,
      limit: input.limit || 20,
      pageToken: input.page_token,
      allowed: await request.allowedObjects('job'),
    })
    const tasks =
      input.expand_tasks && page.runs.length > 0 ? await runs.tasks(page.runs.map((run) => run.run_id)) : []
    const tasksOf = (run: JobRunRow) => tasks.filter((task) => task.run_id === run.run_id)
    const rendered = page.runs.map((run) => renderRun(run, input.expand_tasks ? tasksOf(run) : undefined))
    return {
      runs: await Promise.all(rendered.map(async (run) => withUrl(await withLoopStats(db, run), request))),
      has_more: page.next !== undefined,
      ...(page.next !== undefined && { next_page_token: page.next }),
    }
  })
  serveJobsApi(app, GetRunOutput, async ({ run_id }, request) => {
    const task = (await runs.findTask(run_id)) ?? (await onlyTask(runs, run_id))
    const run = await runs.get(task.run_id)
    const metadata = withUrl(await withLoopStats(db, renderTaskAsRun(run, task)), request)
    return { metadata, ...(await outputOf(db, task)) }
  })
  serveJobsApi(app, GetRunProgress, async ({ run_id }, request) => {
    const run = await runs.getOfAny(run_id)
    const tasks = await addWaitReasons(await runs.tasks([run.run_id]))
    const level = await permissionLevel(context.authorizer, request.principal, run.job_id ?? run.run_id)
    const progress = renderProgress(run, tasks, await statsOfLoops(db.read, loopsOf(run, tasks)))
    return { ...progress, permission_level: level }
  })
  serveJobsApi(app, GetTaskLogs, async ({ run_id, task_key, iteration, offset = 0, limit = 1000 }) => {
    await runs.get(run_id)
    const found = (await runs.tasks([run_id])).find((row) => row.task_key === task_key)
    if (!found) throw missing(`Run ${run_id} has no task '${task_key}'.`)
    const task = iteration === undefined ? found : await findIteration(db, found, iteration)
    return readPage(db, task, { offset, limit })
  })
}

async function outputOf(db: Db<PipelinesSchema>, task: TaskRunRow) {
  const [log, failure, isKept] = await Promise.all([
    readLogEnd(db, logOf(task), OUTPUT_LINES),
    task.result === 'SUCCESS' ? undefined : readFailure(db, task.task_run_id),
    hasNotebook(db, task.task_run_id),
  ])
  const error = failure?.error ?? (task.result === 'FAILED' ? task.message : undefined)
  return {
    ...(task.outputs && { node_task_output: { values: JSON.parse(task.outputs) } }),
    ...(task.kind_output && (JSON.parse(task.kind_output) as TaskOutput)),
    ...(error && { error }),
    ...(failure?.error_trace && { error_trace: failure.error_trace }),
    ...(isKept && { has_notebook: true }),
    ...{ logs: log.text, logs_truncated: log.truncated },
  }
}

async function readPage(
  db: Db<PipelinesSchema>,
  task: TaskRunRow,
  { offset, limit }: { readonly offset: number; readonly limit: number },
) {
  const lines = await readLog(db, logOf(task), { offset, limit })
  const next_offset = lines.length > 0 ? lines.at(-1)!.line + 1 : offset
  return { lines, next_offset, ended: task.state === 'TERMINATED' && lines.length < limit }
}

/** Returns whether only active or only ended runs are listed; undefined for all. */
function activityOf({ active_only, completed_only }: Input<typeof ListJobRuns>): boolean | undefined {
  if (active_only) return true
  return completed_only ? false : undefined
}

/** A result that was taken over has the log of the task run that computed it. */
const logOf = ({ task_run_id, origin_task_run_id, result }: TaskRunRow) =>
  result === 'SUCCESS' ? (origin_task_run_id ?? task_run_id) : task_run_id

interface TaskPage {
  readonly task: TaskRunRow
  readonly page_token: string | undefined
  readonly addWaitReasons: AddWaitReasons
  readonly resolve: ResolveValues
}

/** Adds the parameters of tasks with the values of references, if the caller asks for them. */
type ResolveValues = (rendered: JobRun, run: JobRunRow, rows: readonly TaskRunRow[]) => Promise<JobRun>

async function getTask(
  db: Db<PipelinesSchema>,
  runs: RunStore,
  { task, page_token, addWaitReasons, resolve }: TaskPage,
) {
  const run = await runs.get(task.run_id)
  const [withReason = task] = await addWaitReasons([task])
  const rendered = await withLoopStats(db, renderTaskAsRun(run, withReason))
  if (settingsOf(run, task).for_each_task) {
    const { rows, next_page_token } = await readIterations(db, task, page_token)
    const iterations = (await addWaitReasons(rows)).map((row) => renderTask(run, row))
    return resolve({ ...rendered, iterations, ...(next_page_token && { next_page_token }) }, run, rows)
  }
  if (page_token) throw invalid('page_token: the run of a task has one page; pass the run of a loop.')
  return resolve(rendered, run, [task])
}

async function onlyTask(runs: RunStore, runId: number): Promise<TaskRunRow> {
  await runs.get(runId)
  const [task, another] = await runs.tasks([runId])
  if (task && !another) return task
  throw new ApiError(
    'INVALID_PARAMETER_VALUE',
    'Retrieving the output of runs with multiple tasks is not supported. Please retrieve the output of each individual task run instead.',
  )
}
