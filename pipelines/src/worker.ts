import { migrate } from '@cairn/platform/db/migrate'
import type { Log } from '@cairn/platform/jobs/deliver'
import type { ServiceContext } from '@cairn/platform/service-context'
import { type Engine, startEngine } from './engine/engine.js'
import { TaskRegistry } from './engine/registry.js'
import type { Task } from './engine/task.js'
import { TASKS } from './tasks/tasks.js'

export interface WorkerOptions {
  /** On the database, the store and the Redis of the server; its `client` goes over the network. */
  readonly context: ServiceContext
  /** Where the server answers. */
  readonly serverUrl: string
  readonly log: Log
  /** Tasks at once. Default 2. */
  readonly concurrency?: number
  /** Task implementations; ours when absent. */
  readonly tasks?: readonly Task[]
}

/**
 * Executes tasks in a process of its own, beside those of the server or instead of them. Any number may run; one that
 * dies loses nothing: its tasks go on in another.
 */
export async function startWorker(options: WorkerOptions): Promise<Engine> {
  const { context, serverUrl, log, concurrency = 2, tasks = TASKS } = options
  await migrate(context.db, 'pipelines', new URL('./migrations/', import.meta.url))
  return startEngine({
    context,
    log,
    concurrency,
    registry: new TaskRegistry(tasks),
    serverUrl: () => serverUrl,
  })
}
