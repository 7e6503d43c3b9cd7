import { handle } from '@cairn/platform/http/handle'
import { GetJobGrid, ListJobSummaries, PreviewSchedule } from '@cairn/platform/protocol/cairn/job-summaries'
import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { FastifyPluginAsync } from 'fastify'
import type { PipelinesSchema } from '../schema.js'
import { nextTimes } from '../triggers/trigger.js'
import { readGrid } from './grid.js'
import { permissionLevels } from './permission-level.js'
import type { JobStore } from './store.js'
import { listSummaries } from './summaries.js'

interface SummaryRoutesOptions {
  readonly jobs: JobStore
  readonly context: ServiceContext
}

/** Serves the pages of jobs in the dashboard with one request each. */
export const summaryRoutes: FastifyPluginAsync<SummaryRoutesOptions> = async (app, { jobs, context }) => {
  const db = context.db.for<PipelinesSchema>()

  handle(app, ListJobSummaries, async ({ search, limit = 50, page_token }, request) => {
    const allowed = await request.allowedObjects('job')
    const page = await listSummaries(db, { search, limit, pageToken: page_token, allowed })
    const ids = page.jobs.map(({ job_id }) => job_id)
    const levels = await permissionLevels(context.authorizer, request.principal, ids)
    return {
      jobs: page.jobs.map((job) => ({ ...job, permission_level: levels.get(job.job_id)! })),
      ...(page.next !== undefined && { next_page_token: page.next }),
    }
  })
  handle(app, GetJobGrid, async ({ job_id, limit = 25, page_token }) => {
    const { tasks = [] } = JSON.parse((await jobs.get(job_id)).settings) as JobSettings
    const page = await readGrid(db, { jobId: job_id, tasks: tasks.length, limit, pageToken: page_token })
    return { runs: page.runs, ...(page.next !== undefined && { next_page_token: page.next }) }
  })
  handle(app, PreviewSchedule, async ({ count = 5, ...schedule }) => ({
    times: nextTimes({ kind: 'schedule', ...schedule }, context.now(), count),
  }))
}
