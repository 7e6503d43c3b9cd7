import { type Caller, LOCAL_OWNER } from '@cairn/platform/auth/principal'
import { ApiError, invalid, missing } from '@cairn/platform/errors'
import {
  CancelRun,
  GetJobRun,
  GetRunOutput,
  GetRunProgress,
  GetTaskLogs,
  ListJobRuns,
  RepairRun,
  RunNow,
  SubmitRun,
  type TaskOutput,
} from '@cairn/platform/protocol/job-runs'
import type { JobSettings } from '@cairn/platform/protocol/jobs'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { TaskRegistry } from '../engine/registry.js'
import type { Wakeup } from '../engine/wakeup.js'
import { checkSettings, requireRunAs } from '../jobs/check-settings.js'
import { runAsIds, withIds, withoutIds } from '../jobs/run-as-ids.js'
import { serveJobsApi } from '../jobs/serve-jobs-api.js'
import type { JobStore } from '../jobs/store.js'
import type { JobRunRow, PipelinesSchema, TaskRunRow } from '../schema.js'
import { readFailure, readLog, readLogEnd } from './logs.js'
import { renderProgress } from './progress.js'
import { renderRun, renderTaskAsRun } from './render.js'
import { type RepairRequest, repairRun } from './repair.js'
import type { RunStore } from './store.js'

interface RunRoutesOptions {
  readonly jobs: JobStore
  readonly runs: RunStore
  readonly registry: TaskRegistry
  readonly wakeup: Wakeup
  readonly context: ServiceContext
}

const OUTPUT_LINES = 1_000

export const runRoutes: FastifyPluginAsync<RunRoutesOptions> = async (app, options) => {
  await app.register(startRoutes, options)
  await app.register(readRoutes, options)
}

const startRoutes: FastifyPluginAsync<RunRoutesOptions> = async (
  app,
  { jobs, runs, registry, wakeup, context },
) => {
  const db = context.db.for<PipelinesSchema>()

  /** Callers may not override parameters of a job that runs as another principal. */
  const requireOverride = async (
    settings: string,
    principalId: string | null,
    parameters: Readonly<Record<string, string>>,
    request: FastifyRequest,
  ) => {
    if (Object.keys(parameters).length === 0) return
    requireNoScopes(request.principal)
    const job = JSON.parse(settings) as JobSettings
    await requireRunAs(job, principalId, request.principal, {
      ...context,
      note: (one) => request.noteDecision(one),
    })
  }

  serveJobsApi(app, RunNow, async ({ job_id, job_parameters = {}, idempotency_token, queue }, request) => {
    const job = await jobs.get(job_id)
    await requireOverride(job.settings, job.creator_id, job_parameters, request)
    const run = {
      creator: request.principal.name,
      parameters: job_parameters,
      ...(idempotency_token && { idempotencyKey: `job:${job_id}:${idempotency_token}` }),
    }
    const writer_id = writerOf(job, job_parameters, request.principal)
    const { run_id, number_in_job } = await runs.runJob({ ...job, writer_id }, run, queue)
    wakeup.notify()
    return { run_id, number_in_job }
  })
  serveJobsApi(app, SubmitRun, async ({ run_name, idempotency_token, ...settings }, request) => {
    const { principal } = request
    checkSettings(settings, registry, context.now())
    const stored = withIds(withoutIds(settings), await runAsIds(settings, context.identities))
    await requireRunAs(stored, principal.id, principal, {
      ...context,
      note: (one) => request.noteDecision(one),
    })
    const { run_id } = await runs.submit({
      settings: stored,
      creator: principal.name,
      owner: principal.id,
      runName: run_name ?? 'Untitled',
      parameters: {},
      ...(idempotency_token && { idempotencyKey: `submit:${principal.id}:${idempotency_token}` }),
    })
    wakeup.notify()
    return { run_id }
  })
  serveJobsApi(app, CancelRun, async ({ run_id }) => {
    await runs.stop(run_id, 'CANCELED')
    wakeup.notify()
    return {}
  })
  serveJobsApi(app, RepairRun, async ({ job_parameters: parameters = {}, ...input }, request) => {
    const run = await runs.get(input.run_id)
    const { run_id } = run
    await requireOverride(run.settings, run.principal_id, parameters, request)
    const repair = {
      runId: run_id,
      failed: input.rerun_all_failed_tasks ?? false,
      tasks: input.rerun_tasks ?? [],
      dependents: input.rerun_dependent_tasks ?? false,
      latestRepairId: input.latest_repair_id,
      parameters,
      writer: (before) => writerOf(before, parameters, request.principal),
    } satisfies RepairRequest
    const repair_id = await repairRun(db, repair, context.now())
    context.events.announce({ type: 'job_run', run_id: String(run_id) })
    wakeup.notify()
    return { repair_id }
  })
}

/** A caller that overrides parameters of the owner's run becomes its writer, so that it has no rights that only the owner has. */
const writerOf = (
  { writer_id }: Pick<JobRunRow, 'writer_id'>,
  parameters: Readonly<Record<string, string>>,
  caller: Caller,
) => (writer_id === LOCAL_OWNER.id && Object.keys(parameters).length > 0 ? caller.id : writer_id)

/** Tasks have all rights of their principal, so a token with scopes must not choose what they do. */
function requireNoScopes({ scopes }: Caller) {
  if (scopes)
    throw new ApiError(
      'PERMISSION_DENIED',
      `job_parameters: the token is only for ${scopes.join(', ')}; a token without scopes may override parameters.`,
    )
}

const readRoutes: FastifyPluginAsync<RunRoutesOptions> = async (app, { runs, context }) => {
  const db = context.db.for<PipelinesSchema>()

  serveJobsApi(app, GetJobRun, async ({ run_id }) => {
    const task = await runs.findTask(run_id)
    if (task) return renderTaskAsRun(await runs.get(task.run_id), task)
    // Read before its tasks, so that an ended run never shows a running task.
    const run = await runs.get(run_id)
    const tasks = await runs.tasks([run_id], { history: true })
    return renderRun(run, tasks, await runs.repairs(run_id))
  })
  serveJobsApi(app, ListJobRuns, async (input, request) => {
    if (input.active_only && input.completed_only)
      throw invalid('active_only and completed_only cannot both be true.')
    const page = await runs.list({
      jobId: input.job_id,
      active: input.active_only ? true : input.completed_only ? false : undefined,
      runType: input.run_type,
      from: input.start_time_from,
      to: input.start_time_to,
      limit: input.limit || 20,
      pageToken: input.page_token,
      allowed: await request.allowedObjects('job'),
    })
    const tasks =
      input.expand_tasks && page.runs.length > 0 ? await runs.tasks(page.runs.map((run) => run.run_id)) : []
    const tasksOf = (run: JobRunRow) => tasks.filter((task) => task.run_id === run.run_id)
    return {
      runs: page.runs.map((run) => renderRun(run, input.expand_tasks ? tasksOf(run) : undefined)),
      has_more: page.next !== undefined,
      ...(page.next !== undefined && { next_page_token: page.next }),
    }
  })
  serveJobsApi(app, GetRunOutput, async ({ run_id }) => {
    const task = (await runs.findTask(run_id)) ?? (await onlyTask(runs, run_id))
    const [run, log, failure] = await Promise.all([
      runs.get(task.run_id),
      readLogEnd(db, task.task_run_id, OUTPUT_LINES),
      task.result === 'SUCCESS' ? undefined : readFailure(db, task.task_run_id),
    ])
    return {
      metadata: renderTaskAsRun(run, task),
      ...(task.outputs && { node_task_output: { values: JSON.parse(task.outputs) } }),
      ...(task.kind_output && (JSON.parse(task.kind_output) as TaskOutput)),
      ...(failure?.error && { error: failure.error }),
      ...(failure?.error_trace && { error_trace: failure.error_trace }),
      logs: log.text,
      logs_truncated: log.truncated,
    }
  })
  serveJobsApi(app, GetRunProgress, async ({ run_id }) => {
    const run = await runs.get(run_id)
    return renderProgress(run, await runs.tasks([run_id]))
  })
  serveJobsApi(app, GetTaskLogs, async ({ run_id, task_key, offset = 0, limit = 1000 }) => {
    await runs.get(run_id)
    const task = (await runs.tasks([run_id])).find((row) => row.task_key === task_key)
    if (!task) throw missing(`Run ${run_id} has no task '${task_key}'.`)
    const lines = await readLog(db, task.task_run_id, { offset, limit })
    const next_offset = lines.length > 0 ? lines.at(-1)!.line + 1 : offset
    return { lines, next_offset, ended: task.state === 'TERMINATED' && lines.length < limit }
  })
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
