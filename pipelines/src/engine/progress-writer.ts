import type { Db } from '@cairn/platform/db/db'
import type { Log } from '@cairn/platform/jobs/deliver'
import type { Progress } from '@cairn/platform/protocol/job-runs'
import type { PipelinesSchema } from '../schema.js'

const EVERY_MS = 500

/** Stores the latest progress of one attempt, with at most two writes per second. */
export class ProgressWriter {
  readonly #db: Db<PipelinesSchema>
  readonly #key: { readonly task_run_id: number; readonly attempt: number }
  readonly #log: Log
  #latest: Progress | undefined
  #writtenAt = 0
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()

  constructor(db: Db<PipelinesSchema>, key: { task_run_id: number; attempt: number }, log: Log) {
    this.#db = db
    this.#key = key
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
    const { task_run_id, attempt } = this.#key
    try {
      await this.#db.transaction((tx) =>
        tx
          .updateTable('task_runs')
          .set({ progress: JSON.stringify(progress) })
          .where('task_run_id', '=', task_run_id)
          .where('attempt', '=', attempt)
          .where('state', '=', 'RUNNING')
          .execute(),
      )
    } catch (error) {
      this.#log.warn({ ...this.#key, err: error }, 'cannot store the progress of a task')
    }
  }
}
