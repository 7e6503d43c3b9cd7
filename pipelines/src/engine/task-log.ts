import type { Db } from '@cairn/platform/db/db'
import type { Log } from '@cairn/platform/jobs/deliver'
import { sql } from 'kysely'
import type { PipelinesSchema, TaskLogRow } from '../schema.js'
import { toStorableText } from './storable-text.js'
import type { TaskLogger } from './task.js'

const FLUSH_MS = 300
const MAX_LINE = 10_000
/** Lines of an attempt, and of all attempts of a task run: protects the disk from a task that logs in a loop. */
const MAX_LINES = 100_000
const MAX_LINES_OF_TASK = 1_000_000
/** Lines that each attempt may write although earlier ones used up the limit, so that its error is seen. */
const MIN_LINES = 1_000
const COLUMNS = {
  task_run_id: 'bigint',
  line: 'bigint',
  time: 'bigint',
  attempt: 'integer',
  level: 'text',
  message: 'text',
} as const

/** Stores the log of one attempt in small batches. Line numbers continue those of earlier attempts. */
export class TaskLog implements TaskLogger {
  readonly #db: Db<PipelinesSchema>
  readonly #key: { readonly task_run_id: number; readonly attempt: number }
  readonly #log: Log
  /** The number of the line that tells that the log is full. */
  readonly #last: number
  #next: number
  #buffer: TaskLogRow[] = []
  #timer: NodeJS.Timeout | undefined
  #storing: Promise<void> = Promise.resolve()

  private constructor(
    db: Db<PipelinesSchema>,
    key: { task_run_id: number; attempt: number },
    next: number,
    log: Log,
  ) {
    this.#db = db
    this.#key = key
    this.#next = next
    this.#last = next + Math.max(MIN_LINES, Math.min(MAX_LINES, MAX_LINES_OF_TASK - next))
    this.#log = log
  }

  static async open(
    db: Db<PipelinesSchema>,
    key: { task_run_id: number; attempt: number },
    log: Log,
  ): Promise<TaskLog> {
    const row = await db.read
      .selectFrom('task_logs')
      .select((eb) => eb.fn.max('line').as('last'))
      .where('task_run_id', '=', key.task_run_id)
      .executeTakeFirst()
    return new TaskLog(db, key, (row?.last ?? -1) + 1, log)
  }

  info(message: string) {
    this.#add('info', message)
  }

  warn(message: string) {
    this.#add('warn', message)
  }

  error(message: string) {
    this.#add('error', message)
  }

  /** Stores all lines so far. Failures are logged, not thrown. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const rows = this.#buffer
    this.#buffer = []
    if (rows.length > 0) this.#storing = this.#storing.then(() => this.#store(rows))
    await this.#storing
  }

  #add(level: string, text: string) {
    for (const line of text.split('\n')) {
      if (this.#next > this.#last) return
      const message =
        this.#next === this.#last
          ? 'The log is full; further lines are dropped.'
          : toStorableText(line.slice(0, MAX_LINE))
      const { task_run_id, attempt } = this.#key
      this.#buffer.push({ task_run_id, attempt, level, message, line: this.#next++, time: Date.now() })
    }
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS)
  }

  async #store(rows: readonly TaskLogRow[]) {
    try {
      await this.#db.transaction((tx) =>
        sql`insert into task_logs (task_run_id, line, time, attempt, level, message)
              select task_run_id, line, time, attempt, level, message from ${this.#db.dialect.rows(rows, COLUMNS)} as r
              where true on conflict do nothing`.execute(tx),
      )
    } catch (error) {
      this.#log.warn({ ...this.#key, lines: rows.length, err: error }, 'cannot store log lines of a task')
    }
  }
}
