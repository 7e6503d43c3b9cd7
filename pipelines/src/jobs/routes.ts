import { done } from '@cairn/platform/http/done'
import {
  CreateJob,
  DeleteJob,
  GetJob,
  type Job,
  type JobSettings,
  ListJobs,
  ResetJob,
  UpdateJob,
} from '@cairn/platform/protocol/jobs'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { nameOf } from '../engine/execute.js'
import type { TaskRegistry } from '../engine/registry.js'
import type { JobRow } from '../schema.js'
import { checkSettings, requireRunAs } from './check-settings.js'
import { mergeSettings } from './merge.js'
import { serve } from './serve.js'
import type { JobStore } from './store.js'

interface Options {
  readonly jobs: JobStore
  readonly registry: TaskRegistry
  readonly context: ServiceContext
}

export const jobRoutes: FastifyPluginAsync<Options> = async (app, { jobs, registry, context }) => {
  const accept = async (settings: JobSettings, creator: string, request: FastifyRequest) => {
    checkSettings(settings, registry)
    const { authorizer } = context
    await requireRunAs(settings, creator, request.principal, { authorizer, requestId: request.id })
  }

  serve(app, CreateJob, async (settings, request) => {
    await accept(settings, request.principal.name, request)
    return { job_id: (await jobs.create(settings, request.principal.name)).job_id }
  })
  serve(app, GetJob, async ({ job_id }) => render(await jobs.get(job_id)))
  serve(app, ListJobs, async ({ limit, name, page_token, expand_tasks }) => {
    const page = await jobs.list({ limit: limit || 20, name, pageToken: page_token })
    return {
      jobs: page.jobs.map((row) => render(row, expand_tasks ?? false)),
      has_more: page.next !== undefined,
      ...(page.next !== undefined && { next_page_token: page.next }),
    }
  })
  serve(app, UpdateJob, async ({ job_id, new_settings, fields_to_remove }, request) => {
    const job = await jobs.get(job_id)
    const merge = (settings: JobSettings) => mergeSettings(settings, new_settings, fields_to_remove)
    await accept(merge(JSON.parse(job.settings) as JobSettings), job.creator, request)
    await jobs.update(job_id, (settings) => {
      const merged = merge(settings)
      checkSettings(merged, registry)
      return merged
    })
    return {}
  })
  serve(app, ResetJob, async ({ job_id, new_settings }, request) => {
    await accept(new_settings, (await jobs.get(job_id)).creator, request)
    return done(jobs.update(job_id, () => new_settings))
  })
  serve(app, DeleteJob, async ({ job_id }) => {
    return done(jobs.delete(job_id))
  })
}

function render(row: JobRow, withTasks = true): Job {
  const { tasks, ...settings } = JSON.parse(row.settings) as JobSettings
  return {
    job_id: row.job_id,
    creator_user_name: row.creator,
    run_as_user_name: nameOf(settings.run_as) ?? row.creator,
    created_time: row.created_time,
    settings: {
      max_concurrent_runs: 1,
      format: 'MULTI_TASK',
      ...settings,
      name: row.name,
      ...(withTasks && { tasks }),
    },
  }
}
