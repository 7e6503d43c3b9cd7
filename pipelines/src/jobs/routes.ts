import type { NoteDecision } from '@cairn/platform/auth/authorizer'
import { ApiError } from '@cairn/platform/errors'
import { emptyResponse } from '@cairn/platform/http/response/empty'
import {
  CreateJob,
  DeleteJob,
  GetJob,
  type Job,
  type JobSettings,
  ListJobs,
  ResetJob,
  UpdateJob,
} from '@cairn/platform/protocol/databricks/jobs'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { DestinationAccess } from '../notifications/destination-access.js'
import { withNamers, withoutNamers } from '../notifications/namers.js'
import type { JobRow } from '../schema.js'
import type { TaskRegistry } from '../task-kinds/registry.js'
import type { TriggerStore } from '../triggers/store.js'
import { tableVersions } from '../triggers/table-versions.js'
import { filesOf } from '../triggers/volume-files.js'
import { principalNameOf } from './actor.js'
import { checkSettings, requireRunAs } from './check-settings.js'
import { grantInitially, initialGrants } from './initial-access.js'
import { mergeSettings } from './merge.js'
import { notEnforced } from './not-enforced.js'
import { permissionLevel } from './permission-level.js'
import { runAsIds, runAsOf, withIds, withoutIds } from './run-as-ids.js'
import { serveJobsApi } from './serve-jobs-api.js'
import type { JobStore } from './store.js'

interface JobRoutesOptions {
  readonly jobs: JobStore
  readonly triggers: TriggerStore
  readonly destinations: DestinationAccess
  readonly registry: TaskRegistry
  readonly context: ServiceContext
}

/** Databricks' Jobs API for jobs; `runs/routes.ts` serves their runs. */
export const jobRoutes: FastifyPluginAsync<JobRoutesOptions> = async (app, options) => {
  const { jobs, registry, triggers, destinations, context } = options
  /** @returns the settings with the ids of principals, and a function that adds these ids to others */
  const requireValid = async (
    settings: JobSettings,
    request: FastifyRequest,
    job?: Pick<JobRow, 'creator_id' | 'settings' | 'writer_id'>,
  ) => {
    const { principal } = request
    const note: NoteDecision = (one) => request.noteDecision(one)
    checkSettings(settings, registry, context.now())
    const namers = await destinations.require(settings, job, { principal, note })
    const ids = await runAsIds(settings, context.identities)
    const store = (one: JobSettings) => withNamers(withIds(one, ids), namers)
    const valid = store(settings)
    await requireRunAs(valid, job ? job.creator_id : principal.id, principal, { ...context, note })
    return { valid, store }
  }

  serveJobsApi(app, CreateJob, async ({ access_control_list = [], ...settings }, request) => {
    const { principal } = request
    const { valid } = await requireValid(withoutIds(settings), request)
    await requireReadable(valid, request, context)
    const grants = await initialGrants(access_control_list, request, context)
    const { job_id, name } = await jobs.create(valid, principal)
    await grantInitially({ id: job_id, name }, grants, request, context)
    return { job_id }
  })
  serveJobsApi(app, GetJob, async ({ job_id }, request) => {
    const [job, trigger] = [render(await jobs.get(job_id), registry), await triggers.find(job_id)]
    const permission_level = await permissionLevel(context.authorizer, request.principal, job_id)
    return { ...job, permission_level, ...(trigger && { next_run_time: trigger.next_at }) }
  })
  serveJobsApi(app, ListJobs, async ({ limit, name, page_token, expand_tasks }, request) => {
    const allowed = await request.allowedObjects('job')
    const page = await jobs.list({ limit: limit || 20, name, pageToken: page_token, allowed })
    return {
      jobs: page.jobs.map((row) => render(row, registry, expand_tasks ?? false)),
      has_more: page.next !== undefined,
      ...(page.next !== undefined && { next_page_token: page.next }),
    }
  })
  serveJobsApi(app, UpdateJob, async ({ job_id, new_settings, fields_to_remove }, request) => {
    const job = await jobs.get(job_id)
    const merge = (settings: JobSettings) =>
      mergeSettings(settings, new_settings && withoutIds(new_settings), fields_to_remove)
    const before = merge(JSON.parse(job.settings) as JobSettings)
    const { valid, store } = await requireValid(before, request, job)
    await requireReadable(new_settings ?? {}, request, context)
    const change = (settings: JobSettings) => {
      const merged = store(merge(settings))
      checkSettings(merged, registry, context.now())
      if (runAsOf(merged) !== runAsOf(valid))
        throw new ApiError(
          'RESOURCE_CONFLICT',
          `run_as of job ${job_id} has changed: read the job and try again.`,
        )
      return merged
    }
    noteSettings(request, await jobs.update(job_id, change, request.principal))
    return {}
  })
  serveJobsApi(app, ResetJob, async ({ job_id, new_settings }, request) => {
    const { valid } = await requireValid(withoutIds(new_settings), request, await jobs.get(job_id))
    await requireReadable(valid, request, context)
    noteSettings(request, await jobs.update(job_id, () => valid, request.principal))
    return {}
  })
  serveJobsApi(app, DeleteJob, async ({ job_id }) => {
    return emptyResponse(jobs.delete(job_id))
  })
}

/** Rejects a trigger on tables and volumes that its author may not read. */
async function requireReadable({ trigger }: JobSettings, request: FastifyRequest, context: ServiceContext) {
  const client = context.client(request.credential())
  if (trigger?.table_update) await tableVersions(client, context.blobs, trigger.table_update.table_names)
  if (trigger?.file_arrival) await filesOf(client, context.blobs, trigger.file_arrival.url)
}

/** Adds the names of changed settings to the audit event. Values may be secrets, except the principal that the job runs as. */
function noteSettings(
  request: FastifyRequest,
  { before, after }: { readonly before: JobSettings; readonly after: JobSettings },
) {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])] as (keyof JobSettings)[]
  const changed = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
  if (changed.length > 0) request.noteChange({ field: 'settings', added: changed })
  if (changed.includes('run_as'))
    request.noteChange({
      ...{ field: 'run_as', before: principalNameOf(before.run_as) ?? null },
      after: principalNameOf(after.run_as) ?? null,
    })
}

function render(row: JobRow, registry: TaskRegistry, withTasks = true): Job {
  const { tasks, ...settings } = withoutNamers(withoutIds(JSON.parse(row.settings) as JobSettings))
  const shown = withTasks && tasks ? { ...settings, tasks } : settings
  return {
    job_id: row.job_id,
    creator_user_name: row.creator,
    run_as_user_name: principalNameOf(settings.run_as) ?? row.creator,
    created_time: row.created_time,
    settings: { max_concurrent_runs: 1, format: 'MULTI_TASK', ...shown, name: row.name },
    ...notEnforced(shown, registry),
  }
}
