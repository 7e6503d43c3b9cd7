import type { OnProgress } from '@cairn/pipelines/leaderboard/measure-model'
import { compact, duration } from '../demo/task-line.js'

const PHASES = { read: 'reads the data', fit: 'fits', evaluate: 'is measured' } as const
const REDRAW_MS = 200

/** One line that is rewritten on a terminal; elsewhere a line for each phase. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream
  #said = ''
  #phaseSince = 0
  #drawnAt = 0

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream
  }

  show(kind: string, ...[phase, step]: Parameters<OnProgress>): void {
    const now = Date.now()
    const what = `${kind} ${PHASES[phase]}`
    if (what !== this.#said) {
      this.#said = what
      this.#phaseSince = now
      if (!this.#stream.isTTY) this.#stream.write(`${what}\n`)
    } else if (now - this.#drawnAt < REDRAW_MS) return
    this.#drawnAt = now
    if (!this.#stream.isTTY) return
    const line = [what, step && amount(step), step?.message, step && left(step, now - this.#phaseSince)]
    this.#stream.write(
      `\r\x1b[2K${line
        .filter(Boolean)
        .join('  ')
        .slice(0, this.#stream.columns - 1)}`,
    )
  }

  clear(): void {
    if (this.#stream.isTTY) this.#stream.write('\r\x1b[2K')
  }
}

type Step = NonNullable<Parameters<OnProgress>[1]>

const amount = ({ done, total, unit }: Step) => `${compact(done)}/${compact(total)} ${unit}`

function left({ done, total }: Step, elapsedMs: number): string {
  if (done === 0 || done >= total) return ''
  return `${duration(((elapsedMs / done) * (total - done)) / 1000)} left`
}
