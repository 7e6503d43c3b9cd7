import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { UnprivilegedUser } from './unprivileged-user.js'

const SCRIPT = readFileSync(new URL('./launch.sh', import.meta.url), 'utf8')
/** The largest number of processes and threads of one user. */
const MAX_PROCESSES = 4096
/** The time to wait for output after the exit, because a process that left the group may keep the pipes open. */
const DRAIN_MS = 1_000

export interface LaunchOptions {
  readonly cwd: string
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>
  readonly user?: UnprivilegedUser | undefined
  /** The limit of the address space; 0 for none. */
  readonly memoryBytes?: number
  /** Changes how the command starts, for example in a namespace. */
  readonly wrap?: Wrap | undefined
}

export interface Launch {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly user: UnprivilegedUser | undefined
}

export type Wrap = (launch: Launch) => Launch

export interface ProcessEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** Starts a command that gains no privileges, in its own process group, which ends with this process. */
export function launch(
  argv: readonly string[],
  { cwd, env, user, memoryBytes = 0, wrap = (plain) => plain }: LaunchOptions,
): ChildProcess {
  const limits = [Math.ceil(memoryBytes / 1024), user ? MAX_PROCESSES : 0].map(String)
  const command = wrap({ argv: ['/bin/sh', '-c', SCRIPT, 'cairn-task', cwd, ...limits, ...argv], env, user })
  const [file, ...args] = command.argv
  const child = spawn(file!, args, {
    ...command.user,
    cwd: '/',
    env: command.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  child.stdio[3]?.on('error', () => undefined) // the exit follows
  return child
}

/** Waits until a launched process has ended, its group is killed and its output is read. @throws Error if it did not start */
export function waitForEnd(child: ChildProcess): Promise<ProcessEnd> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      killGroup(child.pid)
      child.stdio[3]!.destroy()
      const drained = setTimeout(() => {
        child.stdout!.destroy()
        child.stderr!.destroy()
      }, DRAIN_MS)
      child.once('close', () => {
        clearTimeout(drained)
        resolve({ code, signal })
      })
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
