import { text } from 'node:stream/consumers'
import type { ArtifactLocations } from '@cairn/platform/blobs/artifact-locations'
import { ApiError } from '@cairn/platform/errors'
import { PER_USER_PATH, PerUser } from '@cairn/platform/protocol/mlflow/evaluation'
import { compileParser } from '@cairn/platform/protocol/validate'

const parse = compileParser<PerUser>(PerUser)

/** Reads the per-user metrics of a run. @returns undefined when they are absent or unreadable */
export async function findPerUser(
  artifactUri: string,
  locations: ArtifactLocations,
): Promise<PerUser | undefined> {
  try {
    const { blobs, key } = await locations.resolve(artifactUri, PER_USER_PATH)
    const perUser = parse(JSON.parse(await text(await blobs.get(key))))
    return perUser.users.length === perUser.metrics.ndcg.length ? perUser : undefined
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof ApiError && error.statusCode < 500))
      return undefined
    throw error
  }
}
