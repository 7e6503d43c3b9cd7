import type { DirectoryContents, DirectoryEntry } from '@cairn/platform/protocol/databricks/volume-files'
import { queryString } from './call.js'
import { errorOf, RequestError, send, signedOut } from './http.js'

export type { DirectoryEntry }

/** Files and directories are raw routes of Databricks' Files API, which are not operations. */
const urlOf = (kind: 'files' | 'directories', path: string) =>
  `api/2.0/fs/${kind}${path.split('/').map(encodeURIComponent).join('/')}`

export const fileUrl = (path: string) => urlOf('files', path)

/** A page of a directory, sorted by the bytes of the names. */
export async function listDirectory(
  path: string,
  page_token: string,
  signal?: AbortSignal,
): Promise<DirectoryContents> {
  const url = urlOf('directories', path) + queryString({ page_token: page_token || undefined })
  return (await send(url, signal ? { signal } : {})).json() as Promise<DirectoryContents>
}

export const createDirectory = (path: string) => send(urlOf('directories', path), { method: 'PUT' })

/** @throws RequestError if a directory has files */
export const deleteEntry = ({ path, is_directory }: DirectoryEntry) =>
  send(urlOf(is_directory ? 'directories' : 'files', path), { method: 'DELETE' })

interface UploadOptions {
  readonly overwrite: boolean
  readonly signal: AbortSignal
  /** Sent bytes. */
  readonly onProgress: (bytes: number) => void
}

/**
 * Uploads a file without reading it into memory. `fetch` reports no upload progress.
 *
 * @throws RequestError unless the response is 2xx: ALREADY_EXISTS without `overwrite`; an AbortError after `signal`
 */
export function uploadFile(path: string, file: File, options: UploadOptions): Promise<void> {
  const { overwrite, signal, onProgress } = options
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('PUT', urlOf('files', path) + queryString({ overwrite }))
    request.setRequestHeader('x-requested-with', 'fetch')
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.upload.onprogress = ({ loaded }) => onProgress(loaded)
    request.onload = () => {
      if (request.status === 401) signedOut()
      if (request.status >= 200 && request.status < 300) resolve()
      else reject(errorOf(request.status, request.responseText, request.statusText))
    }
    request.onerror = () => reject(new RequestError(0, 'UNREACHABLE', ''))
    request.onabort = () => reject(new DOMException('', 'AbortError'))
    signal.addEventListener('abort', () => request.abort(), { once: true })
    if (signal.aborted) reject(new DOMException('', 'AbortError'))
    else request.send(file)
  })
}
