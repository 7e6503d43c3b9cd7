import { ReadAttemptFile } from '@cairn/platform/protocol/cairn/workers'
import { readAnswer } from '@cairn/platform/protocol/client'
import { isLocalPath, localFiles } from '../files/sources.js'
import type { FileSource } from '../files/task-files.js'
import type { ServerConnection } from './connection.js'

const TIMEOUT_MS = 10 * 60_000

/** Files of the server's disk, which a worker reads over HTTP. */
export const serverFiles = (connection: ServerConnection, workerId: () => string): FileSource => ({
  form: localFiles.form,
  matches: isLocalPath,
  async read(path, { taskRunId, attempt, signal }) {
    const url = ReadAttemptFile.path
      .replace('{worker_id}', encodeURIComponent(workerId()))
      .replace('{task_run_id}', String(taskRunId))
      .replace('{attempt}', String(attempt))
    const { server, token } = connection
    const headers = token ? { authorization: `Bearer ${token}` } : {}
    const response = await connection.fetch(
      `${server}${url}?${new URLSearchParams({ path })}`,
      { headers },
      { timeoutMs: TIMEOUT_MS, signal },
    )
    if (!response.ok) await readAnswer(response)
    return new Uint8Array(await response.arrayBuffer())
  },
})
