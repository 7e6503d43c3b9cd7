import { posix } from 'node:path'
import type { ArtifactLocations, BlobLocation } from '@cairn/platform/blobs/artifact-locations'
import { ApiError, invalid, missing } from '@cairn/platform/errors'
import { baseUrlOf } from '@cairn/platform/http/base-url'
import { handle } from '@cairn/platform/http/handle'
import { sendBlob } from '@cairn/platform/http/response/send-blob'
import { PresignedDownloadUrl, PresignedUploadUrl } from '@cairn/platform/protocol/mlflow/artifacts'
import { READ_EXPERIMENTS } from '@cairn/platform/protocol/rights'
import type { FastifyPluginAsync } from 'fastify'
import type { LoggedModelStore } from '../logged-models/store.js'
import type { RunStore } from '../runs/store.js'
import { artifactPath, artifactRoute, namesPath } from './artifact-route.js'
import type { Tickets } from './tickets.js'

const PRESIGNED = '/api/2.0/mlflow-artifacts/presigned'
const TICKETS = '/api/2.0/mlflow-artifacts/tickets'
const UPLOAD_SECONDS = 900
const DOWNLOAD_SECONDS = 300

interface Options {
  readonly runs: RunStore
  readonly models: LoggedModelStore
  readonly locations: ArtifactLocations
  readonly tickets: Tickets
  /** The base of the URLs in responses; empty: the address of the request. */
  readonly publicUrl: string
}

interface ArtifactRequest {
  readonly run_id?: string
  readonly model_id?: string
  readonly path: string
}

/** Presigned URLs: the store's own if it signs URLs, otherwise URLs of this server that contain a ticket. */
export const presignedRoutes: FastifyPluginAsync<Options> = async (app, options) => {
  const { runs, models, locations, tickets, publicUrl } = options

  /** Clients access direct stores themselves, and the proxied store only through `PRESIGNED`, as in MLflow. */
  async function directLocation(
    { run_id, model_id, path }: ArtifactRequest,
    what: string,
  ): Promise<BlobLocation> {
    if (Boolean(run_id) === Boolean(model_id))
      throw invalid('Exactly one of run_id and model_id must be provided.')
    const uri = run_id
      ? (await runs.getRow(run_id)).artifact_uri
      : ((await models.get(model_id!)).info.artifact_uri ?? '')
    const location = await locations.resolve(uri, path)
    if (location.proxied)
      throw invalid(
        `Presigned ${what} is not supported for runs with proxied artifact storage (artifact URI scheme: ${uri.split(':')[0]}). This endpoint requires a run with a direct cloud storage artifact URI.`,
      )
    if (!location.blobs.signedUrl)
      throw new ApiError(
        'NOT_IMPLEMENTED',
        `Presigned ${what} is not supported for the current artifact repository`,
      )
    return location
  }

  handle(app, PresignedUploadUrl, async ({ expiration = UPLOAD_SECONDS, ...owned }) => {
    const { blobs, key } = await directLocation(owned, 'upload')
    return { presigned_url: await blobs.signedUrl!(key, 'put', expiration), headers: {} }
  })
  handle(app, PresignedDownloadUrl, async ({ expiration = DOWNLOAD_SECONDS, ...owned }) => {
    const { blobs, key } = await directLocation(owned, 'download')
    const { size } = await blobs.head(key)
    return { presigned_url: await blobs.signedUrl!(key, 'get', expiration), headers: {}, file_size: size }
  })

  artifactRoute(app, 'GET', `${PRESIGNED}/*`, READ_EXPERIMENTS, namesPath, async (request) => {
    const { blobs, key } = locations.proxied(artifactPath(request))
    const { size } = await blobs.head(key)
    if (blobs.signedUrl)
      return { url: await blobs.signedUrl(key, 'get', DOWNLOAD_SECONDS), headers: {}, file_size: size }
    const ticket = await tickets.issue(`artifact ${key}`, DOWNLOAD_SECONDS)
    const name = encodeURIComponent(posix.basename(key))
    return {
      url: `${baseUrlOf(request, publicUrl)}${TICKETS}/${ticket}/${name}`,
      headers: {},
      file_size: size,
    }
  })
  const open = { config: { right: 'anyone' }, schema: { hide: true } } as const
  app.get(`${TICKETS}/:ticket/*`, open, async (request, reply) => {
    const { ticket } = request.params as { ticket: string }
    const [, key] = /^artifact (.*)$/s.exec((await tickets.find(ticket)) ?? '') ?? []
    if (key === undefined) throw missing('This download URL is unknown or has expired. Request a new one.')
    return sendBlob(locations.proxied(key), request, reply)
  })
}
