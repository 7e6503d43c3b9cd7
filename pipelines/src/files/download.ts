import { readAnswer } from '@cairn/platform/protocol/client'
import { MAX_FILE_BYTES, type ReadingContext, tooLarge } from './task-files.js'

/**
 * Downloads a file from the server with the token of the task.
 *
 * @param route the path of the request, with its query
 * @param path the file, for messages
 * @throws the error of the server, or INVALID_PARAMETER_VALUE for a file above `MAX_FILE_BYTES`
 */
export async function download(
  route: string,
  path: string,
  { server, signal }: Pick<ReadingContext, 'server' | 'signal'>,
): Promise<Uint8Array> {
  const response = await fetch(`${server.url}${route}`, {
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
}
