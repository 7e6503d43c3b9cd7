import type { ArtifactLocations } from '@cairn/platform/blobs/artifact-locations'
import { normalizeKey } from '@cairn/platform/blobs/path'
import { invalid } from '@cairn/platform/errors'
import { sendBlob } from '@cairn/platform/http/response/send-blob'
import { READ_MODELS } from '@cairn/platform/protocol/rights'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { parseVersion } from '../namespace/names.js'
import { requireFiles } from './require-files.js'
import type { VersionStore } from './store.js'

interface Options {
  readonly versions: VersionStore
  readonly locations: ArtifactLocations
}

/** Sends a file of a version. */
export const versionArtifactRoute: FastifyPluginAsync<Options> = async (app, { versions, locations }) => {
  const config = { right: READ_MODELS, names: namesModel }
  app.get('/model-versions/get-artifact', { config, schema: { hide: true } }, async (request, reply) => {
    const { name, version, path } = request.query as Record<string, unknown>
    if (typeof name !== 'string' || name === '') throw invalid('Request must specify name.')
    if (typeof version !== 'string' || version === '') throw invalid('Request must specify version.')
    if (typeof path !== 'string' || path === '') throw invalid('Request must specify path.')
    normalizeKey(path) // rejects a bad path before the version is looked up
    const { storage_location } = await versions.getRow(name, parseVersion(version))
    await requireFiles(storage_location, request, locations)
    return sendBlob(await locations.resolve(storage_location, path), request, reply)
  })
}

function namesModel({ query }: FastifyRequest) {
  const { name } = query as Record<string, unknown>
  if (typeof name !== 'string' || name === '') throw invalid('Request must specify name.')
  return { name }
}
