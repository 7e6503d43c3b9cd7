import type { OnProgress } from '@cairn/pipelines/leaderboard/measure-model'
import { formatCount, formatDuration } from '../client/format.js'

const PHASES = { read: 'reading data', fit: 'training', evaluate: 'evaluating' } as const
const REDRAW_MS = 200

/** Redraws one line on a terminal; writes a line per phase elsewhere. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream
  #label = ''
  #phaseSince = 0
  #drawnAt = 0

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream
  }

  show(kind: string, ...[phase, step]: Parameters<OnProgress>): void {
    const now = Date.now()
    const label = `${kind}: ${PHASES[phase]}`
    if (label !== this.#label) {
      this.#label = label
      this.#phaseSince = now
      if (!this.#stream.isTTY) this.#stream.write(`${label}\n`)
    } else if (now - this.#drawnAt < REDRAW_MS) return
    this.#drawnAt = now
    if (!this.#stream.isTTY) return
    const line = [label, step && amount(step), step?.message, step && timeLeft(step, now - this.#phaseSince)]
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

const amount = ({ done, total, unit }: Step) => `${formatCount(done)}/${formatCount(total)} ${unit}`

function timeLeft({ done, total }: Step, elapsedMs: number): string {
  if (done === 0 || done >= total) return ''
  return `${formatDuration(((elapsedMs / done) * (total - done)) / 1000)} left`
}
