import { type ChildProcess, fork } from 'node:child_process'
import { moduleFile } from './module-file.js'

export interface ProcessOptions {
  /** True if signals of the terminal, such as Ctrl-C, do not reach the process. */
  readonly detached?: boolean
  readonly cwd?: string
  /** The whole environment. The default is that of this process, with its secrets. */
  readonly env?: Readonly<Record<string, string>>
}

/**
 * Forks a process from a module beside the caller, with a message channel, for training whose crash must not end the server.
 * The output of the process is piped, not inherited.
 */
export function startProcess(
  module: URL,
  { detached = false, ...options }: ProcessOptions = {},
): ChildProcess {
  const { path, argv, execArgv } = moduleFile(module)
  return fork(path, argv, {
    detached,
    ...options,
    ...(execArgv && { execArgv }),
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
}
