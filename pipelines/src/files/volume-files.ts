import { FILES } from '@cairn/platform/protocol/databricks/volume-files'
import { download } from './download.js'
import type { FileSource } from './task-files.js'

/** Dots would resolve to another path of the server. */
const DOTS = /(^|\/)\.{1,2}(\/|$)/

export const isVolumePath = (path: string) =>
  /^\/Volumes\/[^/]+\/[^/]+\/[^/]+\/./.test(path) && !DOTS.test(path)

/** A file of a managed volume, on which the principal of the task has READ VOLUME. */
export const volumeFiles: FileSource = {
  form: '/Volumes/CATALOG/SCHEMA/VOLUME/… of a volume',
  matches: isVolumePath,
  read: (path, context) =>
    download(`${FILES}${path.split('/').map(encodeURIComponent).join('/')}`, path, context),
}
