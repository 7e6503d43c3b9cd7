import type { Blobs } from '@cairn/platform/blobs/blobs'
import { DIRECTORY_MARKER, parseVolumePath } from '@cairn/platform/blobs/volume-path'
import { invalid } from '@cairn/platform/errors'
import type { Client } from '@cairn/platform/protocol/client'
import { TemporaryVolumeCredentials } from '@cairn/platform/protocol/unity/credentials'
import { GetVolume } from '@cairn/platform/protocol/unity/volumes'

/** Databricks' limit. */
const MAX_FILES = 10_000

/**
 * The paths of all files in a folder of a managed volume.
 *
 * @param client of a principal that may read the volume
 * @param url `/Volumes/CATALOG/SCHEMA/VOLUME`, and a path in it
 * @throws NOT_FOUND, PERMISSION_DENIED, INVALID_PARAMETER_VALUE for an external volume or more than 10,000 files
 */
export async function filesOf(client: Client, blobs: Blobs, url: string): Promise<string[]> {
  const { volume, inside } = parseVolumePath(url.replace(/^\//, ''))
  const { volume_id, volume_type } = await client(GetVolume, { name: volume })
  if (volume_type !== 'MANAGED')
    throw invalid(`trigger.file_arrival.url: ${volume} is an external volume, whose files are not watched.`)
  await client(TemporaryVolumeCredentials, { volume_id, operation: 'READ_VOLUME' }) // checks the right to read
  const root = `volumes/${volume_id}`
  const paths: string[] = []
  for await (const { key } of blobs.walk(inside === '' ? root : `${root}/${inside}`)) {
    if (key.endsWith(`/${DIRECTORY_MARKER}`)) continue
    paths.push(key.slice(root.length + 1))
    if (paths.length > MAX_FILES)
      throw invalid(
        `trigger.file_arrival.url: ${url} has more than ${MAX_FILES} files; watch a smaller folder.`,
      )
  }
  return paths
}
