import { host } from '#host'
import { CairnError } from '../cairn-error.js'
import type { Batch } from '../tracking/runs.js'

export interface LostValueOptions {
  /** True if lost values make the next log call and the end of the run throw. Default: false, so that training continues. */
  readonly strict?: boolean
  /**
   * Called for everything that could not be stored, with an empty batch for the end of the run. The next call throws what
   * it throws. Default: emits a process warning.
   */
  readonly onLostValues?: (error: unknown, lost: Batch) => void
}

/** Reports values that could not be stored, and keeps errors until a call can throw them. */
export class LostValueReporter {
  readonly #strict: boolean
  readonly #onLostValues: (error: unknown, lost: Batch) => void
  #pending: unknown[] = []

  constructor({ strict = false, onLostValues = createWarner() }: LostValueOptions) {
    this.#strict = strict
    this.#onLostValues = onLostValues
  }

  report(error: unknown, lost: Batch): void {
    if (this.#strict) this.#pending.push(error)
    try {
      this.#onLostValues(error, lost)
    } catch (thrown) {
      if (!this.#pending.includes(thrown)) this.#pending.push(thrown)
    }
  }

  /** Throws the errors kept in strict mode or thrown by `onLostValues`. */
  throwPending(): void {
    const pending = this.#pending
    this.#pending = []
    if (pending.length === 1) throw pending[0] as Error
    if (pending.length > 1) throw new AggregateError(pending, 'Several log batches were not stored')
  }
}

/** Warns of an ended run only once: a loop that continues while a signal ends the process would flood the log. */
function createWarner(): (error: unknown, lost: Batch) => void {
  let warnedOfEnd = false
  return (error, lost) => {
    if (warnedOfEnd && hasEnded(error)) return
    warnedOfEnd ||= hasEnded(error)
    warn(error, lost)
  }
}

const hasEnded = (error: unknown) => error instanceof CairnError && error.code === 'RUN_ENDED'

function warn(error: unknown, lost: Batch): void {
  const count = (lost.metrics?.length ?? 0) + (lost.params?.length ?? 0) + (lost.tags?.length ?? 0)
  const subject = count > 0 ? `${count} logged values were` : 'The end of the run was'
  host.warn(`${subject} not stored: ${(error as Error).message}`)
}
