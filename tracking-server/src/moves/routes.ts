import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { Principal } from '@cairn/platform/auth/principal'
import type { ArtifactLocations } from '@cairn/platform/blobs/artifact-locations'
import type { Db } from '@cairn/platform/db/db'
import type { Announce } from '@cairn/platform/events/announcer'
import { handle } from '@cairn/platform/http/handle'
import { MoveRuns } from '@cairn/platform/protocol/cairn/run-moves'
import type { FastifyPluginAsync } from 'fastify'
import { noSuchRun } from '../runs/find.js'
import type { TrackingSchema } from '../schema.js'
import { type FoundRun, moveRuns } from './move-runs.js'

interface Options {
  readonly db: Db<TrackingSchema>
  readonly locations: ArtifactLocations
  readonly announce: Announce
  readonly authorizer: Authorizer
}

/** Moves of runs between experiments; not part of MLflow's API. */
export const moveRoutes: FastifyPluginAsync<Options> = async (app, { authorizer, ...options }) => {
  handle(app, MoveRuns, (input, { principal }) =>
    moveRuns({ ...options, check: (runs) => checkOrigins(authorizer, principal, runs) }, input),
  )
}

/** Decides again: the first decision used cached experiments of runs, and a run may have moved since. */
async function checkOrigins({ objects }: Authorizer, principal: Principal, runs: readonly FoundRun[]) {
  const byExperiment = new Map(runs.map((run) => [run.experiment_id, run.run_id]))
  for (const [id, run_id] of byExperiment) {
    const decided = await objects.decide(principal, ['EDIT EXPERIMENTS'], 'experiment', String(id))
    if (!decided?.decision.allowed) throw noSuchRun(run_id)
  }
}
