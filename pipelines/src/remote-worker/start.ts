import type { Config } from '@cairn/platform/config'
import type { Log } from '@cairn/platform/jobs/deliver'
import { inlineFiles } from '../files/sources.js'
import { TaskFiles } from '../files/task-files.js'
import { volumeFiles } from '../files/volume-files.js'
import { workspaceFiles } from '../files/workspace-files.js'
import { TaskProcesses } from '../processes/task-processes.js'
import { TaskRegistry } from '../task-kinds/registry.js'
import { jobCodeKinds } from '../tasks/kinds/kinds.js'
import { ServerConnection } from './connection.js'
import { RemoteWorker } from './remote-worker.js'
import { serverFiles } from './server-files.js'

export interface StartRemoteWorkerOptions {
  readonly config: Config
  /** The base URL of the server. */
  readonly server: string
  readonly token: string | undefined
  readonly name: string
  readonly version: string
  readonly labels: readonly string[]
  readonly log: Log
}

/**
 * Starts a worker that reaches the server over HTTP only and executes code of jobs.
 *
 * @throws FEATURE_DISABLED when this process may not run code; the error of a server that cannot be reached or refuses it
 */
export async function startRemoteWorker(options: StartRemoteWorkerOptions): Promise<RemoteWorker> {
  const { config, server, token, ...rest } = options
  const processes = new TaskProcesses(config, options.log)
  processes.requireStarting()
  const connection = new ServerConnection(server, token)
  const registry = (workerId: () => string) => {
    const files = new TaskFiles([inlineFiles, serverFiles(connection, workerId), workspaceFiles, volumeFiles])
    return new TaskRegistry(jobCodeKinds({ processes, files }))
  }
  const worker = { ...rest, connection, registry, concurrency: Math.max(1, config.task_concurrency) }
  await processes.removeLeftovers(options.log)
  return RemoteWorker.start(worker)
}
