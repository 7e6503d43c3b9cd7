import {
  type ArtifactLocations,
  type BlobLocation,
  isGoverned,
} from '@cairn/platform/blobs/artifact-locations'
import { byteOrder, withoutTrailingSlashes } from '@cairn/platform/blobs/path'
import type { FileInfo, Listing } from '@cairn/platform/protocol/mlflow/artifacts'

/** Lists one level of a folder by name. A file or a missing folder lists as empty. */
export async function listFiles({ blobs, key, proxied }: BlobLocation): Promise<FileInfo[]> {
  const { blobs: found, folders } = await blobs.list(key)
  const start = key === '' ? 0 : key.length + 1
  const hidden = (name: string) => proxied && key === '' && isGoverned(name)
  const files = [
    ...found.map((blob) => ({ path: blob.key.slice(start), is_dir: false, file_size: blob.size })),
    ...folders.filter((name) => !hidden(name)).map((name) => ({ path: name, is_dir: true })),
  ]
  return files.sort((a, b) => byteOrder(a.path, b.path))
}

/** Lists a folder below an artifact location; the paths of the result are relative to the location. */
export async function listFolder(locations: ArtifactLocations, uri: string, path = ''): Promise<Listing> {
  const location = await locations.resolve(uri, path)
  const folder = withoutTrailingSlashes(path.replace(/^(\.?\/)+/, ''))
  const files = (await listFiles(location)).map((file) => ({
    ...file,
    path: folder ? `${folder}/${file.path}` : file.path,
  }))
  return { root_uri: uri, ...(files.length > 0 && { files }) }
}
