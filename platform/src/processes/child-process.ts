import { type ChildProcess, type ForkOptions, fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** Whether a process has this number; one of another user counts. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * Starts a process from a module beside the caller, as `startThread` starts a thread; they talk by messages. Its output
 * is ours to read: nothing of it reaches our own.
 */
export function startProcess(module: URL): ChildProcess {
  const built = fileURLToPath(module)
  const source = built.replace(/\.js$/, '.ts')
  const options: ForkOptions = { serialization: 'advanced', stdio: ['ignore', 'pipe', 'pipe', 'ipc'] }
  if (existsSync(built) || !existsSync(source)) return fork(built, options)
  const loader = fileURLToPath(new URL('../../source/thread.mjs', import.meta.url))
  return fork(loader, [pathToFileURL(source).href], options)
}
