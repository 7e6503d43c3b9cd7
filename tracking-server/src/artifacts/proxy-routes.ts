import type { ArtifactLocations } from '@cairn/platform/blobs/artifact-locations'
import { invalid } from '@cairn/platform/errors'
import { streamBodies } from '@cairn/platform/http/body/receive'
import { handle } from '@cairn/platform/http/handle'
import { sendBlob } from '@cairn/platform/http/response/send-blob'
import { ARTIFACTS, ListProxiedArtifacts } from '@cairn/platform/protocol/mlflow/artifacts'
import { EDIT_EXPERIMENTS, READ_EXPERIMENTS } from '@cairn/platform/protocol/rights'
import type { FastifyPluginAsync } from 'fastify'
import { artifactPath, artifactRoute, namesPath } from './artifact-route.js'
import { listFiles } from './listing.js'
import { receiveBlob } from './request-body.js'

/** The artifact store behind `mlflow-artifacts:`; bodies stream both ways. */
export const proxyRoutes: FastifyPluginAsync<{ locations: ArtifactLocations }> = async (
  app,
  { locations },
) => {
  streamBodies(app)
  handle(app, ListProxiedArtifacts, async ({ path = '' }) => {
    const files = await listFiles(locations.proxied(path))
    return files.length > 0 ? { files } : {}
  })
  artifactRoute(app, 'GET', `${ARTIFACTS}/*`, READ_EXPERIMENTS, namesPath, (request, reply) =>
    sendBlob(locations.proxied(artifactPath(request)), request, reply),
  )
  artifactRoute(app, 'PUT', `${ARTIFACTS}/*`, EDIT_EXPERIMENTS, namesPath, async (request, reply) => {
    const sent = request.url.split('?')[0]! // the router drops a slash at the end
    if (sent.endsWith('/')) throw invalid("Artifact path must include a filename (cannot end with '/').")
    await receiveBlob(locations.proxied(artifactPath(request)), request, reply)
    return {}
  })
  artifactRoute(app, 'DELETE', `${ARTIFACTS}/*`, EDIT_EXPERIMENTS, namesPath, async (request) => {
    const { blobs, key } = locations.proxied(artifactPath(request))
    await blobs.delete(key)
    return {}
  })
}
