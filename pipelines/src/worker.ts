import { migrate } from '@cairn/platform/db/migrate'
import type { Ground } from '@cairn/platform/ground'
import type { Log } from '@cairn/platform/jobs/deliver'
import { type Engine, startEngine } from './engine/engine.js'
import { TaskRegistry } from './engine/registry.js'
import type { Task } from './engine/task.js'
import { TASKS } from './tasks/tasks.js'

export interface WorkerOptions {
  /** On the database, the store and the Redis of the server; its `client` goes over the network. */
  readonly ground: Ground
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
  const { ground, serverUrl, log, concurrency = 2, tasks = TASKS } = options
  await migrate(ground.db, 'pipelines', new URL('./migrations/', import.meta.url))
  return startEngine({
    ground,
    log,
    concurrency,
    registry: new TaskRegistry(tasks),
    serverUrl: () => serverUrl,
  })
}
