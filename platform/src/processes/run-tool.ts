import { spawn } from 'node:child_process'
import { ApiError } from '../errors.js'
import { LineSplitter } from './line-splitter.js'
import type { UnprivilegedUser } from './unprivileged-user.js'

const TIMEOUT_MS = 30 * 60_000
const SHOWN_LINES = 12

export interface ToolOptions {
  readonly cwd: string
  readonly env: Record<string, string>
  readonly user?: UnprivilegedUser | undefined
  readonly onLine?: (line: string) => void
}

/**
 * Runs a program until it exits.
 *
 * @returns its output
 * @throws INVALID_STATE with the last lines of its output when it fails or takes longer than half an hour
 */
export function runTool(command: string, args: readonly string[], options: ToolOptions): Promise<string> {
  const { user, cwd, env, onLine = () => undefined } = options
  const lines: string[] = []
  const splitter = new LineSplitter((line) => {
    lines.push(line)
    onLine(line)
  })
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env,
      ...user,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const timer = setTimeout(() => killGroup(child.pid), TIMEOUT_MS)
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => splitter.add(text))
    child.once('error', (cause) => {
      clearTimeout(timer)
      reject(new ApiError('INVALID_STATE', `'${command}' could not be started: ${cause.message}`, { cause }))
    })
    child.once('close', (code) => {
      clearTimeout(timer)
      splitter.end()
      if (code === 0) return resolve(lines.join('\n'))
      const output = lines.slice(-SHOWN_LINES).join(' | ')
      reject(new ApiError('INVALID_STATE', `'${command} ${args[0]}' failed: ${output}`))
    })
  })
}

/** Ends a process that was started `detached`, and those that it has started. */
export function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // it has ended
  }
}
