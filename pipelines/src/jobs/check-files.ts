import { invalid } from '@cairn/platform/errors'
import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'

const MAX_FILES = 200
/** Each run keeps a copy of its settings. */
const MAX_BYTES = 512 * 1024

/** @throws INVALID_PARAMETER_VALUE for files that would leave the working folder, or that are too large for settings */
export function checkFiles({ files = {} }: JobSettings): void {
  const paths = Object.keys(files)
  if (paths.length > MAX_FILES)
    throw invalid(`files: ${paths.length} files; at most ${MAX_FILES} are allowed.`)
  const unsafe = paths.find((path) => !isRelativePath(path))
  if (unsafe !== undefined)
    throw invalid(`files: '${unsafe.slice(0, 100)}' is not a relative path such as 'lib/model.py'.`)
  const bytes = Object.values(files).reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  if (bytes > MAX_BYTES)
    throw invalid(
      `files: ${bytes} bytes; at most ${MAX_BYTES} are allowed. Keep larger files in an import folder of the server.`,
    )
  const folder = paths.find((path) => paths.some((other) => other.startsWith(`${path}/`)))
  if (folder !== undefined) throw invalid(`files: '${folder}' is both a file and a folder.`)
}

const SEGMENT = /^(?!\.{1,2}$)[\w .@+-]{1,100}$/

/** Returns whether a path stays below the folder to which it is relative. */
export const isRelativePath = (path: string) =>
  path.length <= 500 && path.split('/').every((segment) => SEGMENT.test(segment))
