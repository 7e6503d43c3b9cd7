import type { ArtifactLocations, BlobLocation } from '@cairn/platform/blobs/artifact-locations'
import { directoryEntry } from '@cairn/platform/blobs/directory-entry'
import { hasEntries } from '@cairn/platform/blobs/has-entries'
import { decodePageToken, encodePageToken } from '@cairn/platform/db/page'
import { ApiError } from '@cairn/platform/errors'
import { receiveBody, streamBodies } from '@cairn/platform/http/body/receive'
import { sendBlob } from '@cairn/platform/http/response/send-blob'
import { DIRECTORIES, type DirectoryContents, FILES } from '@cairn/platform/protocol/databricks/volume-files'
import type { ObjectRight } from '@cairn/platform/protocol/operation'
import { EDIT_MODELS, READ_MODELS } from '@cairn/platform/protocol/rights'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { requireFiles } from '../versions/require-files.js'
import type { VersionStore } from '../versions/store.js'
import { type ModelPath, parseModelPath } from './model-path.js'
import { requireSameBytes } from './same-bytes.js'

interface Options {
  readonly versions: VersionStore
  readonly locations: ArtifactLocations
}

const PAGE = 1000

const routeWith = (right: ObjectRight) => ({
  config: { right, names: (request: FastifyRequest) => ({ name: pathOf(request).name }) },
  schema: { hide: true },
})

/**
 * Serves the files of versions in Databricks' Files API, where MLflow's client of Unity Catalog reads and writes them. A version
 * has the files of its source, so an upload stores nothing: it must equal the file of the source.
 */
export const modelFileRoutes: FastifyPluginAsync<Options> = async (app, { versions, locations }) => {
  streamBodies(app)
  const files = `${FILES}/Models/*`
  const directories = `${DIRECTORIES}/Models/*`
  const reading = routeWith(READ_MODELS)

  app.get(files, reading, async (request, reply) => {
    const { location } = await locate(request)
    return sendBlob(location, request, reply)
  })
  app.put(files, routeWith(EDIT_MODELS), async (request, reply) => {
    const { location, path } = await locate(request)
    const declared = Number(request.headers['content-length'] ?? 0)
    await receiveBody(request, reply, (body) => requireSameBytes(location, body, path, declared))
    return reply.code(204).send()
  })
  app.get(
    directories,
    { ...reading, exposeHeadRoute: false },
    async (request): Promise<DirectoryContents> => {
      const { location, path } = await locate(request)
      const { page_token } = request.query as Record<string, unknown>
      const after = decodePageToken(textOf(page_token), textOf)
      const { entries, next } = await location.blobs.listPage(location.key, { after, limit: PAGE })
      if (after === undefined && entries.length === 0) await requireDirectory(location, path)
      const contents = entries.map((entry) => directoryEntry(path.text, entry))
      return { contents, ...(next !== undefined && { next_page_token: encodePageToken(next) }) }
    },
  )
  app.head(directories, reading, async (request, reply) => {
    const { location, path } = await locate(request)
    await requireDirectory(location, path)
    return reply.send()
  })

  /** @throws RESOURCE_DOES_NOT_EXIST, INVALID_PARAMETER_VALUE, PERMISSION_DENIED */
  async function locate(request: FastifyRequest): Promise<{ location: BlobLocation; path: ModelPath }> {
    const path = pathOf(request)
    const { storage_location } = await versions.getRow(path.name, path.version)
    await requireFiles(storage_location, request, locations)
    return { path, location: await locations.resolve(storage_location, path.inside) }
  }
}

const pathOf = ({ params }: FastifyRequest) => parseModelPath((params as { '*': string })['*'])

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined)

/** @throws RESOURCE_DOES_NOT_EXIST */
async function requireDirectory({ blobs, key }: BlobLocation, { text }: ModelPath) {
  if (!(await hasEntries(blobs, key)))
    throw new ApiError('RESOURCE_DOES_NOT_EXIST', `The directory ${text} does not exist.`)
}
