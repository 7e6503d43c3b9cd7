import type { TaskProgress } from '@cairn/platform/protocol/cairn/run-progress'
import { taskLine } from './task-line.js'

export interface ProgressTree {
  update(tasks: readonly TaskProgress[], now: number): void
  /** Makes room for other output; the next update draws below it. */
  erase(): void
}

const MARKS: Readonly<Record<string, string>> = { done: '✔', failed: '✖', skipped: '–', waiting: '·' }
const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const COLORS: Readonly<Record<string, number>> = {
  done: 32,
  failed: 31,
  skipped: 90,
  waiting: 90,
  running: 36,
}

/** Redraws a line per task on a terminal; writes a line per change elsewhere. */
export const progressTree = (stream: NodeJS.WriteStream): ProgressTree =>
  stream.isTTY && !process.env.CI ? liveTree(stream) : plainLines(stream)

function liveTree(stream: NodeJS.WriteStream): ProgressTree {
  const colored = !process.env.NO_COLOR
  let drawn = 0
  let frame = 0
  return {
    update(tasks, now) {
      const width = Math.max(...tasks.map((task) => task.task_key.length))
      const columns = stream.columns || 80
      frame++
      const lines = tasks.map((task) => {
        const phase = phaseOf(task)
        const mark = phase === 'running' ? SPINNER[frame % SPINNER.length]! : MARKS[phase]!
        const line = taskLine(task, now, width).slice(0, columns - 4)
        return colored
          ? `\x1b[${COLORS[phase]}m${mark}\x1b[0m ${phase === 'waiting' ? `\x1b[90m${line}\x1b[0m` : line}`
          : `${mark} ${line}`
      })
      const back = drawn > 0 ? `\x1b[${drawn}A` : ''
      stream.write(`${back}${lines.map((line) => `\x1b[2K${line}\n`).join('')}`)
      drawn = lines.length
    },
    erase() {
      if (drawn > 0) stream.write(`\x1b[${drawn}A\x1b[J`)
      drawn = 0
    },
  }
}

function plainLines(stream: NodeJS.WriteStream): ProgressTree {
  const shown = new Map<string, string>()
  return {
    update(tasks, now) {
      const width = Math.max(...tasks.map((task) => task.task_key.length))
      for (const task of tasks) {
        const phase = phaseOf(task)
        if (phase === 'waiting' || shown.get(task.task_key) === phase) continue
        shown.set(task.task_key, phase)
        stream.write(`${phase === 'running' ? 'started' : phase.padEnd(7)}  ${taskLine(task, now, width)}\n`)
      }
    },
    erase: () => undefined,
  }
}

function phaseOf({ state, result }: TaskProgress): 'waiting' | 'running' | 'done' | 'failed' | 'skipped' {
  if (state === 'RUNNING') return 'running'
  if (state !== 'TERMINATED') return 'waiting'
  if (result === 'SUCCESS') return 'done'
  return result === 'FAILED' || result === 'TIMEDOUT' ? 'failed' : 'skipped'
}
