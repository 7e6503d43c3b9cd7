import { host } from '#host'
import { CairnError } from '../cairn-error.js'
import type { Batch } from '../tracking/runs.js'

export interface RunBehaviour {
  /** Whether a loss makes the next log call and the end of the run throw. Default false: training goes on. */
  readonly strict?: boolean
  /**
   * Told of everything that could not be stored, with an empty batch for the end of the run; what it throws, the next call
   * throws. Default: a warning of the process.
   */
  readonly onLoss?: (error: unknown, lost: Batch) => void
}

/** What a run's server would not take, kept until a call may throw it. */
export class Losses {
  readonly #strict: boolean
  readonly #onLoss: (error: unknown, lost: Batch) => void
  #kept: unknown[] = []

  constructor({ strict = false, onLoss = warner() }: RunBehaviour) {
    this.#strict = strict
    this.#onLoss = onLoss
  }

  report(error: unknown, lost: Batch): void {
    if (this.#strict) this.#kept.push(error)
    try {
      this.#onLoss(error, lost)
    } catch (thrown) {
      if (!this.#kept.includes(thrown)) this.#kept.push(thrown)
    }
  }

  /** Nothing unless `strict`, or `onLoss` threw. */
  throwKept(): void {
    const kept = this.#kept
    this.#kept = []
    if (kept.length === 1) throw kept[0] as Error
    if (kept.length > 1) throw new AggregateError(kept, 'Several log batches were not stored')
  }
}

/** That the run has ended is said once: a loop that goes on while a signal ends the process would say it without end. */
function warner(): (error: unknown, lost: Batch) => void {
  let late = false
  return (error, lost) => {
    if (late && hasEnded(error)) return
    late ||= hasEnded(error)
    warn(error, lost)
  }
}

const hasEnded = (error: unknown) => error instanceof CairnError && error.code === 'RUN_ENDED'

function warn(error: unknown, lost: Batch): void {
  const count = (lost.metrics?.length ?? 0) + (lost.params?.length ?? 0) + (lost.tags?.length ?? 0)
  const what = count > 0 ? `${count} logged values were` : 'The end of the run was'
  host.warn(`${what} not stored: ${(error as Error).message}`)
}
