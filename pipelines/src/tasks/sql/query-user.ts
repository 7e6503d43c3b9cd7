import type { Config } from '@cairn/platform/config'
import { type UnprivilegedUser, unprivilegedUser } from '@cairn/platform/processes/unprivileged-user'
import type { TaskProcesses } from '../../processes/task-processes.js'

export interface QueryUsers {
  readonly processes: TaskProcesses
  readonly config: Config
}

/**
 * As root, runs the process of a query as a user of tasks, or as the user of models on a server that does not run code of jobs.
 *
 * @param writer the id of the principal that wrote the query; null when it is unknown
 * @param where for the message of a server that refuses it
 */
export async function withQueryUser<T>(
  { processes, config }: QueryUsers,
  writer: string | null,
  where: string,
  work: (user: UnprivilegedUser | undefined) => Promise<T>,
): Promise<T> {
  if (process.getuid?.() !== 0 || !processes.isEnabled) return work(unprivilegedUser(config.python_user))
  const lease = await processes.acquireUser(writer, where)
  try {
    return await work(lease?.user)
  } finally {
    await lease?.release()
  }
}
