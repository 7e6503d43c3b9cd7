import { migrate } from '@cairn/platform/db/migrate'
import type { Log } from '@cairn/platform/jobs/deliver'
import type { ServiceContext } from '@cairn/platform/service-context'
import { InputDigests } from './caching/input-digests.js'
import { type Engine, startEngine } from './engine/engine.js'
import { allFiles } from './files/all-files.js'
import { TaskProcesses } from './processes/task-processes.js'
import { TaskRegistry } from './task-kinds/registry.js'
import type { Task } from './task-kinds/task.js'
import { taskKinds } from './tasks/kinds/kinds.js'
import { TASKS } from './tasks/tasks.js'

export interface WorkerOptions {
  /** Uses the database, the artifact store and the Redis of the server; `client` calls it over the network. */
  readonly context: ServiceContext
  /** The base URL of the server. */
  readonly serverUrl: string
  readonly log: Log
  /** Number of concurrent tasks. Default 2. */
  readonly concurrency?: number
  /** Task implementations; default: all of this package. */
  readonly tasks?: readonly Task[]
}

/**
 * Executes tasks in a separate process, in addition to the server or instead of it. Any number of workers may run; the
 * tasks of one that dies are retried by another.
 */
export async function startWorker(options: WorkerOptions): Promise<Engine> {
  const { context, serverUrl, log, concurrency = 2, tasks = TASKS } = options
  await migrate(context.db, 'pipelines', new URL('./migrations/', import.meta.url))
  const processes = new TaskProcesses(context.config, log)
  await processes.removeLeftovers(log)
  const registry = new TaskRegistry(taskKinds(tasks, context.config, processes))
  const digests = new InputDigests({ context, registry, files: allFiles(), serverUrl: () => serverUrl })
  return startEngine({
    ...{ context, log, concurrency, registry },
    serverUrl: () => serverUrl,
    areUnchanged: digests.areUnchanged.bind(digests),
  })
}
