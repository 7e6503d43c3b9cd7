import type { Db } from '@cairn/platform/db/db'
import type { Log } from '@cairn/platform/jobs/deliver'
import type { Progress } from '@cairn/platform/protocol/cairn/run-progress'
import type { PipelinesSchema } from '../schema.js'
import type { AttemptKey } from './attempts.js'

const EVERY_MS = 500

export type WriteProgress = (progress: Progress) => Promise<unknown>

/** Stores the latest progress of one attempt, with at most two writes per second. */
export class ProgressWriter {
  readonly #key: AttemptKey
  readonly #store: WriteProgress
  readonly #log: Log
  #latest: Progress | undefined
  #writtenAt = 0
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()

  constructor(key: AttemptKey, store: WriteProgress, log: Log) {
    this.#key = key
    this.#store = store
    this.#log = log
  }

  set(progress: Progress): void {
    this.#latest = progress
    const wait = Math.max(0, this.#writtenAt + EVERY_MS - Date.now())
    this.#timer ??= setTimeout(() => void this.flush(), wait)
  }

  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const latest = this.#latest
    this.#latest = undefined
    if (latest) {
      this.#writtenAt = Date.now()
      this.#writing = this.#writing.then(() => this.#write(latest))
    }
    await this.#writing
  }

  async #write(progress: Progress) {
    try {
      await this.#store(progress)
    } catch (error) {
      this.#log.warn({ ...this.#key, err: error }, 'cannot store the progress of a task')
    }
  }
}

/** Returns a function that writes the progress of an attempt to the database, unless the attempt has ended. */
export const writeProgressTo =
  (db: Db<PipelinesSchema>, { task_run_id, attempt }: AttemptKey): WriteProgress =>
  (progress) =>
    db.transaction((tx) =>
      tx
        .updateTable('task_runs')
        .set({ progress: JSON.stringify(progress) })
        .where('task_run_id', '=', task_run_id)
        .where('attempt', '=', attempt)
        .where('state', '=', 'RUNNING')
        .execute(),
    )
