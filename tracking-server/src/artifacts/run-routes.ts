import type { ArtifactLocations } from '@cairn/platform/blobs/artifact-locations'
import { normalizeKey } from '@cairn/platform/blobs/path'
import { invalid } from '@cairn/platform/errors'
import { streamBodies } from '@cairn/platform/http/body/receive'
import { handle } from '@cairn/platform/http/handle'
import { sendBlob } from '@cairn/platform/http/response/send-blob'
import { ListArtifacts } from '@cairn/platform/protocol/mlflow/artifacts'
import { EDIT_EXPERIMENTS, READ_EXPERIMENTS } from '@cairn/platform/protocol/rights'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { RunStore } from '../runs/store.js'
import { listFolder } from './listing.js'
import { readLimitedBody } from './request-body.js'

const MAX_UPLOAD_BYTES = 10 * 1024 * 1024

interface Options {
  readonly runs: RunStore
  readonly locations: ArtifactLocations
}

/** Artifacts by run, wherever they are stored; for browsers and for clients without access to the store. */
export const runArtifactRoutes: FastifyPluginAsync<Options> = async (app, { runs, locations }) => {
  handle(app, ListArtifacts, async ({ run_id, path }) => {
    const { artifact_uri } = await runs.getRow(run_id)
    return listFolder(locations, artifact_uri, path)
  })

  app.get(
    '/get-artifact',
    { config: { right: READ_EXPERIMENTS, names: namesRun }, schema: { hide: true } },
    async (request, reply) => {
      const { run, path } = readTarget(request)
      const { artifact_uri } = await runs.getRow(run)
      return sendBlob(await locations.resolve(artifact_uri, path), request, reply)
    },
  )

  await app.register(async (raw) => {
    streamBodies(raw)
    const upload = '/ajax-api/2.0/mlflow/upload-artifact'
    raw.post(
      upload,
      { config: { right: EDIT_EXPERIMENTS, names: namesRun }, schema: { hide: true } },
      async (request, reply) => {
        const { run, path } = readTarget(request)
        const data = await readLimitedBody(request, MAX_UPLOAD_BYTES)
        if (data.length === 0) throw invalid('Request must specify data.')
        const { artifact_uri } = await runs.getRow(run)
        const { blobs, key } = await locations.resolve(artifact_uri, path)
        await blobs.put(key, data)
        return reply.type('application/json').send('')
      },
    )
  })
}

/** @throws INVALID_PARAMETER_VALUE naming a missing parameter, or for a path outside of the folder */
function readTarget(request: FastifyRequest): { run: string; path: string } {
  const { run_id, run_uuid, path } = request.query as Record<string, unknown>
  const run = run_id || run_uuid
  if (typeof run !== 'string') throw invalid('Request must specify run_uuid.')
  if (typeof path !== 'string' || path === '') throw invalid('Request must specify path.')
  normalizeKey(path) // rejects the path before the run and the body are read
  return { run, path }
}

const namesRun = (request: FastifyRequest) => ({ run_id: readTarget(request).run })
