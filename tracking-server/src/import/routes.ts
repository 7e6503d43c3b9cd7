import { createHash } from 'node:crypto'
import type { ArtifactLocations } from '@cairn/platform/blobs/artifact-locations'
import type { Db } from '@cairn/platform/db/db'
import type { Announce } from '@cairn/platform/events/announcer'
import { streamBodies } from '@cairn/platform/http/body/receive'
import { handle } from '@cairn/platform/http/handle'
import { announceChanges, changesOf } from '@cairn/platform/http/plugins/announce-changes'
import {
  DigestRuns,
  DigestTraces,
  IMPORTED_ARTIFACTS,
  ImportExperiment,
  ImportLoggedModel,
  ImportRun,
  ImportTrace,
  type StoredArtifact,
} from '@cairn/platform/protocol/cairn/imports'
import type { FastifyPluginAsync } from 'fastify'
import { receiveBlob } from '../artifacts/request-body.js'
import type { Clock } from '../clock.js'
import type { LoggedModelStore } from '../logged-models/store.js'
import type { RunEntries } from '../runs/logging/run-entries.js'
import type { RunStore } from '../runs/store.js'
import type { TrackingSchema } from '../schema.js'
import { TraceChanges } from '../trace-changes.js'
import { TraceStore } from '../traces/store.js'
import { digestRuns } from './digests.js'
import { importExperiment } from './experiments.js'
import { importLoggedModel } from './logged-models.js'
import { importRun } from './runs.js'
import { digestTraces, importTrace } from './traces.js'

interface Options {
  readonly db: Db<TrackingSchema>
  readonly clock: Clock
  /** Artifact location of experiments that are imported without one. */
  readonly root: string
  readonly runs: RunStore
  readonly entries: RunEntries
  readonly models: LoggedModelStore
  readonly locations: ArtifactLocations
  readonly announce: Announce
}

const CHANGES = [
  changesOf(ImportExperiment, (_input, { experiment_id }) => [{ type: 'experiment', experiment_id }]),
  changesOf(ImportRun, ({ experiment_id, run_id }) => [
    { type: 'run', experiment_id, run_id },
    { type: 'metrics', experiment_id, run_id },
  ]),
]

/** Imports objects of another server with their ids and times. */
export const importRoutes: FastifyPluginAsync<Options> = async (
  app,
  { db, clock, root, entries, announce, ...owners },
) => {
  announceChanges(app, announce, CHANGES)
  handle(app, ImportExperiment, (input, { principal }) => importExperiment(db, clock, root, input, principal))
  handle(app, ImportRun, (input, { principal }) => importRun(db, clock, entries, input, principal.name))
  handle(app, ImportLoggedModel, (input) => importLoggedModel(db, clock, input))
  handle(app, DigestRuns, async ({ run_ids }) => ({ runs: await digestRuns(db, run_ids) }))
  await app.register(traceRoutes, { db, clock, changes: new TraceChanges(db, announce) })
  await app.register(artifactRoutes, owners)
}

/** The same limit as that of OTLP requests. */
const MAX_TRACE_BYTES = 64 * 1024 * 1024

interface TraceOptions extends Pick<Options, 'db' | 'clock'> {
  readonly changes: TraceChanges
}

const traceRoutes: FastifyPluginAsync<TraceOptions> = async (app, { db, clock, changes }) => {
  const traces = new TraceStore(db, clock, changes)
  app.addHook('onRoute', (route) => {
    route.bodyLimit = MAX_TRACE_BYTES
  })
  handle(app, ImportTrace, async (input) => {
    const imported = await importTrace(db, clock, input)
    await changes.announceIds([imported.trace_id])
    return imported
  })
  handle(app, DigestTraces, async ({ trace_ids }) => ({ traces: await digestTraces(db, traces, trace_ids) }))
}

const artifactRoutes: FastifyPluginAsync<Pick<Options, 'runs' | 'models' | 'locations'>> = async (
  app,
  { runs, models, locations },
) => {
  streamBodies(app)
  const uris = {
    runs: async (id: string) => (await runs.getRow(id)).artifact_uri,
    'logged-models': async (id: string) => (await models.getRow(id)).artifact_uri,
  }
  for (const owner of ['runs', 'logged-models'] as const)
    app.put(
      `${IMPORTED_ARTIFACTS}/${owner}/:id/artifacts/*`,
      { config: { right: ImportRun.right }, schema: { hide: true } },
      async (request, reply): Promise<StoredArtifact> => {
        const { id, '*': path } = request.params as { id: string; '*': string }
        const location = await locations.resolve(await uris[owner](id), path)
        await receiveBlob(location, request, reply)
        // Read again, so that the response describes what is stored rather than what was sent.
        const hash = createHash('sha256')
        let size = 0
        for await (const chunk of await location.blobs.get(location.key)) {
          hash.update(chunk)
          size += chunk.length
        }
        return { size, sha256: hash.digest('hex') }
      },
    )
}
