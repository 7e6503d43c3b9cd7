import type { ArtifactLocations } from '@cairn/platform/blobs/artifact-locations'
import { artifactLocation } from './location.js'

/**
 * Returns the id of the experiment whose default folder contains a location; undefined for other locations. `root` has a folder
 * for each id.
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
