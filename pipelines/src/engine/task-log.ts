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
/** Characters of an attempt. */
const MAX_CHARACTERS = 10_000_000
/** Rows and characters of one insert, which holds up the other writers. */
const INSERT_ROWS = 1_000
const INSERT_CHARACTERS = 500_000
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
  #last: number
  #characters = 0
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
    for (const batch of batches(rows)) this.#storing = this.#storing.then(() => this.#store(batch))
    await this.#storing
  }

  #add(level: string, text: string) {
    for (const line of text.split('\n')) {
      if (this.#next > this.#last) return
      const shown = toStorableText(line.slice(0, MAX_LINE))
      this.#characters += shown.length
      if (this.#characters > MAX_CHARACTERS) this.#last = this.#next
      const message = this.#next === this.#last ? 'The log is full; further lines are dropped.' : shown
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

function* batches(rows: readonly TaskLogRow[]): Generator<TaskLogRow[]> {
  let batch: TaskLogRow[] = []
  let characters = 0
  for (const row of rows) {
    batch.push(row)
    characters += row.message.length
    if (batch.length < INSERT_ROWS && characters < INSERT_CHARACTERS) continue
    yield batch
    batch = []
    characters = 0
  }
  if (batch.length > 0) yield batch
}
