import type { DirectoryEntry } from '../protocol/databricks/volume-files.js'
import type { BlobPage } from './blobs.js'
import { nameOf } from './path.js'

/** An entry of a directory, as Databricks' Files API lists it. */
export function directoryEntry(directory: string, entry: BlobPage['entries'][number]): DirectoryEntry {
  const isDirectory = 'folder' in entry
  const name = isDirectory ? entry.folder : nameOf(entry.key)
  return {
    ...{ path: `${directory}/${name}`, name, is_directory: isDirectory },
    ...(!isDirectory && { file_size: entry.size, last_modified: entry.modified }),
  }
}
