import { handle } from '@cairn/platform/http/handle'
import { DeleteRuns, RestoreRuns } from '@cairn/platform/protocol/databricks/run-stages'
import type { FastifyPluginAsync } from 'fastify'
import { sql } from 'kysely'
import { type SetStagesContext, setStages } from './set-stages.js'

/** The routes of Databricks that delete and restore many runs of an experiment. */
export const runStageRoutes: FastifyPluginAsync<SetStagesContext> = async (app, context) => {
  handle(app, DeleteRuns, async ({ max_timestamp_millis: until, ...selection }) => ({
    runs_deleted: await setStages(
      context,
      { ...selection, stage: 'deleted' },
      sql`runs.start_time <= ${until}`,
    ),
  }))
  handle(app, RestoreRuns, async ({ min_timestamp_millis: since, ...selection }) => ({
    runs_restored: await setStages(
      context,
      { ...selection, stage: 'active' },
      sql`runs.deleted_time >= ${since}`,
    ),
  }))
}
