import type { Db } from '@cairn/platform/db/db'
import type { Announce } from '@cairn/platform/events/announcer'
import { handle } from '@cairn/platform/http/handle'
import { emptyResponse } from '@cairn/platform/http/response/empty'
import { CollectGarbage, KeepFiles, PurgeRuns } from '@cairn/platform/protocol/cairn/garbage'
import type { FastifyPluginAsync } from 'fastify'
import type { TrackingSchema } from '../schema.js'
import type { GarbageCollector } from './collector.js'
import { keepFiles } from './keep-files.js'
import { purgeRuns } from './purge-runs.js'

interface Options {
  readonly db: Db<TrackingSchema>
  readonly garbage: GarbageCollector
  readonly now: () => number
  readonly announce: Announce
}

/** Serves `cairn gc`, purges of single runs, and the registry's protection of files; not part of MLflow's API. */
export const garbageRoutes: FastifyPluginAsync<Options> = async (app, { db, garbage, now, announce }) => {
  handle(app, CollectGarbage, (input) => garbage.page(input))
  handle(app, PurgeRuns, ({ run_ids }) => purgeRuns(db, garbage, announce, run_ids))
  handle(app, KeepFiles, ({ locations }) => emptyResponse(keepFiles(db, now(), locations)))
}
