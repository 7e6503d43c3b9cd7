import { type ChildProcess, fork } from 'node:child_process'
import { moduleFile } from './module-file.js'

/**
 * Forks a process from a module beside the caller, with a message channel, for training whose crash must not end the
 * server. Its output is piped, not inherited.
 */
export function startProcess(module: URL): ChildProcess {
  const { path, argv, execArgv } = moduleFile(module)
  return fork(path, argv, {
    ...(execArgv && { execArgv }),
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
}
