import { readAnswer } from '@cairn/platform/protocol/client'
import { FILES } from '@cairn/platform/protocol/volume-files'
import { type FileSource, MAX_FILE_BYTES, tooLarge } from './task-files.js'

/** Dots would resolve to another path of the server. */
const DOTS = /(^|\/)\.{1,2}(\/|$)/

export const isVolumePath = (path: string) =>
  /^\/Volumes\/[^/]+\/[^/]+\/[^/]+\/./.test(path) && !DOTS.test(path)

/** A file of a managed volume, on which the principal of the task has READ VOLUME. */
export const volumeFiles: FileSource = {
  form: '/Volumes/CATALOG/SCHEMA/VOLUME/… of a volume',
  matches: isVolumePath,
  async read(path, { server, signal }) {
    const encoded = path.split('/').map(encodeURIComponent).join('/')
    const response = await fetch(`${server.url}${FILES}${encoded}`, {
      headers: { authorization: `Bearer ${server.token}` },
      signal,
    })
    if (!response.ok) await readAnswer(response)
    if (Number(response.headers.get('content-length')) > MAX_FILE_BYTES) {
      await response.body?.cancel()
      throw tooLarge(path)
    }
    const bytes = await response.bytes()
    if (bytes.length > MAX_FILE_BYTES) throw tooLarge(path)
    return bytes
  },
}
