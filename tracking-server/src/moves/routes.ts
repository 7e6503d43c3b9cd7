import type { ArtifactLocations } from '@cairn/platform/blobs/artifact-locations'
import type { Db } from '@cairn/platform/db/db'
import type { Announce } from '@cairn/platform/events/announcer'
import { handle } from '@cairn/platform/http/handle'
import { MoveRuns } from '@cairn/platform/protocol/run-moves'
import type { FastifyPluginAsync } from 'fastify'
import type { TrackingSchema } from '../schema.js'
import { moveRuns } from './move-runs.js'

interface Options {
  readonly db: Db<TrackingSchema>
  readonly locations: ArtifactLocations
  readonly announce: Announce
}

/** Moves of runs between experiments; not part of MLflow's API. */
export const moveRoutes: FastifyPluginAsync<Options> = async (app, options) => {
  handle(app, MoveRuns, (input) => moveRuns(options, input))
}
