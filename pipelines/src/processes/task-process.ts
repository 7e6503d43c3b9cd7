import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { killGroup } from '@cairn/platform/processes/run-tool'
import type { UnprivilegedUser } from '@cairn/platform/processes/unprivileged-user'
import { readLines } from './output-lines.js'

const LAUNCH = readFileSync(new URL('./launch.sh', import.meta.url), 'utf8')
const TERMINATE_MS = 10_000
/** How long to wait for output after the exit: a process that left the group may keep the pipes open. */
const DRAIN_MS = 1_000

export interface TaskCommand {
  readonly argv: readonly string[]
  readonly cwd: string
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>
  readonly user: UnprivilegedUser | undefined
  /** Limit of the address space; 0 for none. */
  readonly memoryBytes: number
}

export interface ProcessEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A command in its own process group, which ends with the server. */
export class TaskProcess {
  readonly #child: ChildProcess
  #timer: NodeJS.Timeout | undefined

  constructor({ argv, cwd, env, user, memoryBytes }: TaskCommand) {
    const kilobytes = String(Math.ceil(memoryBytes / 1024))
    this.#child = spawn('/bin/sh', ['-c', LAUNCH, 'cairn-task', kilobytes, ...argv], {
      ...user,
      cwd,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    })
  }

  /** Resolves when the process has ended and its output is read. @throws Error when it cannot be started */
  run(onLine: (line: string, stream: 'stdout' | 'stderr') => void): Promise<ProcessEnd> {
    const { stdout, stderr } = this.#child
    const streams = [stdout, stderr] as Readable[]
    readLines(stdout!, (line) => onLine(line, 'stdout'))
    readLines(stderr!, (line) => onLine(line, 'stderr'))
    this.#child.stdio[3]!.on('error', () => undefined) // the exit follows
    return new Promise((resolve, reject) => {
      this.#child.once('error', reject)
      this.#child.once('exit', (code, signal) => {
        clearTimeout(this.#timer)
        killGroup(this.#child.pid)
        this.#child.stdio[3]!.destroy()
        const drained = setTimeout(() => {
          for (const stream of streams) stream.destroy()
        }, DRAIN_MS)
        this.#child.once('close', () => {
          clearTimeout(drained)
          resolve({ code, signal })
        })
      })
    })
  }

  /** Asks the process and its children to end, and ends them after 10 s. */
  terminate(): void {
    const { pid } = this.#child
    if (pid === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null) return
    try {
      process.kill(-pid, 'SIGTERM')
    } catch {
      // it has ended
    }
    this.#timer = setTimeout(() => killGroup(pid), TERMINATE_MS)
  }
}
