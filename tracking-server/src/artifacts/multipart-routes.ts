import { posix } from 'node:path'
import type { ArtifactLocations } from '@cairn/platform/blobs/artifact-locations'
import type { Multipart } from '@cairn/platform/blobs/multipart'
import { ApiError, invalid } from '@cairn/platform/errors'
import { baseUrlOf } from '@cairn/platform/http/base-url'
import { receiveBody, streamBodies } from '@cairn/platform/http/body/receive'
import {
  AbortMultipartUpload,
  CompleteMultipartUpload,
  CreateMultipartUpload,
} from '@cairn/platform/protocol/mlflow/artifacts'
import { EDIT_EXPERIMENTS } from '@cairn/platform/protocol/rights'
import { compileParser } from '@cairn/platform/protocol/validate'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { artifactPath, artifactRoute, type NamesOf } from './artifact-route.js'

const MULTIPART = '/api/2.0/mlflow-artifacts/mpu'
const PARTS = `${MULTIPART}/parts/:upload_id/:number`
/** URLs of parts are valid as long as unfinished uploads are kept. */
const PART_SECONDS = 24 * 60 * 60

interface Options {
  readonly locations: ArtifactLocations
  /** The base of the URLs in responses; empty: the address of the request. */
  readonly publicUrl: string
}

/** Multipart uploads: directly to the store if it signs URLs, otherwise through this server. */
export const multipartRoutes: FastifyPluginAsync<Options> = async (app, { locations, publicUrl }) => {
  const parseCreate = compileParser<CreateMultipartUpload>(CreateMultipartUpload)
  const parseComplete = compileParser<CompleteMultipartUpload>(CompleteMultipartUpload)
  const parseAbort = compileParser<AbortMultipartUpload>(AbortMultipartUpload)

  artifactRoute(app, 'POST', `${MULTIPART}/create/*`, EDIT_EXPERIMENTS, namesUpload, async (request) => {
    const { path, num_parts = 1 } = parseCreate(request.body ?? {})
    const { multipart, key } = uploadLocation(locations, request, path)
    const upload_id = await multipart.create(key)
    const ours = `${baseUrlOf(request, publicUrl)}${PARTS.replace(':upload_id', upload_id)}`
    const urlOf = (number: number) =>
      multipart.partUrl?.(key, upload_id, number, PART_SECONDS) ?? ours.replace(':number', String(number))
    const numbers = Array.from({ length: num_parts }, (_, i) => i + 1)
    const credentials = numbers.map(async (part_number) => ({
      url: await urlOf(part_number),
      part_number,
      headers: {},
    }))
    return { upload_id, credentials: await Promise.all(credentials) }
  })
  artifactRoute(app, 'POST', `${MULTIPART}/complete/*`, EDIT_EXPERIMENTS, namesUpload, async (request) => {
    const { path, upload_id, parts } = parseComplete(request.body ?? {})
    const { multipart, key } = uploadLocation(locations, request, path)
    const sent = parts.map(({ part_number, etag = '' }) => ({ number: part_number, etag }))
    await multipart.complete(key, upload_id, sent)
    return {}
  })
  artifactRoute(app, 'POST', `${MULTIPART}/abort/*`, EDIT_EXPERIMENTS, namesUpload, async (request) => {
    const { path, upload_id } = parseAbort(request.body ?? {})
    const { multipart, key } = uploadLocation(locations, request, path)
    await multipart.abort(key, upload_id)
    return {}
  })
  await app.register(partRoute, { locations })
}

/** Clients send parts without credentials; the upload id authorizes them. */
const partRoute: FastifyPluginAsync<{ locations: ArtifactLocations }> = async (app, { locations }) => {
  streamBodies(app)
  app.put(PARTS, { config: { right: 'anyone' }, schema: { hide: true } }, async (request, reply) => {
    const { upload_id, number } = request.params as { upload_id: string; number: string }
    const { multipart } = locations.proxied('').blobs
    if (!multipart?.putPart) throw unsupported()
    if (!/^[1-9]\d{0,3}$|^10000$/.test(number)) throw invalid(`Invalid part number '${number}'.`)
    const etag = await receiveBody(request, reply, (body) =>
      multipart.putPart!(upload_id, Number(number), body),
    )
    return reply.header('etag', etag).type('application/json').send('{}')
  })
}

/** Returns the key of the uploaded file: the folder in the URL and the name of the client's file. */
function uploadLocation(
  locations: ArtifactLocations,
  request: FastifyRequest,
  path: string,
): { multipart: Multipart; key: string } {
  const name = fileName(path)
  const { blobs, key } = locations.proxied([artifactPath(request), name].filter(Boolean).join('/'))
  if (!blobs.multipart) throw unsupported()
  if (name === '' || key === '') throw invalid(`Invalid path: ${JSON.stringify(path)} names no file`)
  return { multipart: blobs.multipart, key }
}

/** The uploaded file; without a file name, the folder, which the handler rejects. */
const namesUpload: NamesOf = (request) => ({
  artifact_path: [artifactPath(request), fileName((request.body as { path?: unknown } | null)?.path)]
    .filter(Boolean)
    .join('/'),
})

const fileName = (path: unknown) =>
  typeof path === 'string' ? posix.basename(path.replaceAll('\\', '/')) : ''

/** This exact message makes clients fall back to a single upload. */
const unsupported = () =>
  new ApiError('NOT_IMPLEMENTED', 'Multipart upload is not supported for the current artifact repository')
