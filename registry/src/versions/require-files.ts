import type { ArtifactLocations } from '@cairn/platform/blobs/artifact-locations'
import { READ_EXPERIMENTS } from '@cairn/platform/protocol/rights'
import type { FastifyRequest } from 'fastify'

/** The files of a version may be any artifacts, so reading them needs the privilege to read those too. @throws PERMISSION_DENIED */
export async function requireFiles(location: string, request: FastifyRequest, locations: ArtifactLocations) {
  const folder = locations.proxiedFolder(location)
  if (folder) return request.admitNames({ artifact_path: folder }, { right: READ_EXPERIMENTS })
  return request.authorizeEverywhere(READ_EXPERIMENTS.privilege, 'experiment')
}
