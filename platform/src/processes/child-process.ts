import { type ChildProcess, type ForkOptions, fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'

/**
 * Forks a process from a module beside the caller, with a message channel, for training whose crash must not end the
 * server. Like `startThread`, it loads TypeScript in a source tree. Its output is piped, not inherited.
 */
export function startProcess(module: URL): ChildProcess {
  const built = fileURLToPath(module)
  const source = built.replace(/\.js$/, '.ts')
  const options: ForkOptions = { serialization: 'advanced', stdio: ['ignore', 'pipe', 'pipe', 'ipc'] }
  if (existsSync(built) || !existsSync(source)) return fork(built, options)
  const loader = fileURLToPath(new URL('../../source/thread.mjs', import.meta.url))
  return fork(loader, [pathToFileURL(source).href], options)
}
