import type { ArtifactLocations } from '@cairn/platform/blobs/artifact-locations'
import { READ_EXPERIMENTS } from '@cairn/platform/protocol/rights'
import type { FastifyRequest } from 'fastify'

/** A version may refer to any artifacts, so reading its files requires the right to read those artifacts. @throws PERMISSION_DENIED */
export async function requireFiles(location: string, request: FastifyRequest, locations: ArtifactLocations) {
  const folder = locations.proxiedFolder(location)
  if (folder) return request.admitNames({ artifact_path: folder }, { right: READ_EXPERIMENTS })
  return request.authorizeEverywhere(READ_EXPERIMENTS.privilege, 'experiment')
}
