import type { ChildProcess } from 'node:child_process'
import {
  killGroup,
  type LaunchOptions,
  launch,
  type ProcessEnd,
  waitForEnd,
} from '@cairn/platform/processes/launch'
import { Redactor } from '@cairn/platform/secrets/redactor'
import { readLines } from './output-lines.js'

const TERMINATE_MS = 10_000

interface TaskCommand extends LaunchOptions {
  readonly argv: readonly string[]
}

interface OutputOptions {
  readonly secrets: readonly string[]
  /** True if each rewriting of a line ends with a line break. */
  readonly breaksRewrites?: boolean | undefined
}

/** A command in its own process group, which ends with the server. */
export class TaskProcess {
  readonly #child: ChildProcess
  #timer: NodeJS.Timeout | undefined

  constructor({ argv, ...options }: TaskCommand) {
    this.#child = launch(argv, options)
  }

  /** Resolves when the process has ended and its output, without secrets, is read. @throws Error when it cannot be started */
  run(
    onLine: (line: string, stream: 'stdout' | 'stderr') => void,
    { secrets, breaksRewrites = false }: OutputOptions,
  ): Promise<ProcessEnd> {
    for (const stream of ['stdout', 'stderr'] as const) {
      const redactor = new Redactor(secrets)
      readLines(this.#child[stream]!, { redactor, breaksRewrites }, (line) => onLine(line, stream))
    }
    this.#child.once('exit', () => clearTimeout(this.#timer))
    return waitForEnd(this.#child)
  }

  /** Ends the process and its children. */
  kill(): void {
    if (!this.#hasEnded) killGroup(this.#child.pid)
  }

  /** Asks the process and its children to end, and ends them after 10 s. */
  terminate(): void {
    const { pid } = this.#child
    if (pid === undefined || this.#hasEnded) return
    try {
      process.kill(-pid, 'SIGTERM')
    } catch {
      // it has ended
    }
    this.#timer = setTimeout(() => killGroup(pid), TERMINATE_MS)
  }

  get #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }
}
