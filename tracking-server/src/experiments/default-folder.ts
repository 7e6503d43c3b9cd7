import type { ArtifactLocations } from '@cairn/platform/blobs/artifact-locations'
import { artifactLocation } from './location.js'

/**
 * The id of the experiment in whose default folder a location is: `root` has a folder for each id. Undefined for other
 * locations.
 */
export async function defaultFolderOf(
  location: string,
  root: string,
  locations: ArtifactLocations,
): Promise<number | undefined> {
  const [folder, parent] = await Promise.all(
    [artifactLocation(location), root].map((one) => locations.canonical(one)),
  )
  const [id = ''] = folder!.startsWith(`${parent}/`) ? folder!.slice(parent!.length + 1).split('/') : []
  return /^(0|[1-9]\d{0,15})$/.test(id) ? Number(id) : undefined
}
