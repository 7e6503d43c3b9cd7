import type { Db } from '@cairn/platform/db/db'
import type { Log } from '@cairn/platform/jobs/deliver'
import { sql } from 'kysely'
import { toStorableText } from '../flow/storable-text.js'
import type { PipelinesSchema, TaskLogRow } from '../schema.js'
import type { AttemptLogger } from '../task-kinds/task.js'
import type { AttemptKey } from './attempts.js'

const FLUSH_MS = 300
export const MAX_LINE = 10_000
/** Lines of an attempt, and of all attempts of a task run: protects the disk from a task that logs in a loop. */
const MAX_LINES = 100_000
const MAX_LINES_OF_TASK = 1_000_000
/** Characters of an attempt. */
const MAX_CHARACTERS = 10_000_000
/** Rows and characters of one insert, which delays other writers. */
export const INSERT_ROWS = 1_000
const INSERT_CHARACTERS = 500_000
/** Lines that each attempt may write even beyond the limit of the task run, so that its error is stored. */
const MIN_LINES = 1_000
const COLUMNS = {
  task_run_id: 'bigint',
  line: 'bigint',
  time: 'bigint',
  attempt: 'integer',
  level: 'text',
  message: 'text',
} as const

/** Stores lines by their numbers; idempotent. */
export type StoreLines = (rows: readonly TaskLogRow[]) => Promise<unknown>

interface TaskLogOptions {
  readonly key: AttemptKey
  /** The number of the first line. */
  readonly next: number
  readonly store: StoreLines
  readonly log: Log
}

/** Stores the log of one attempt in small batches. Line numbers continue those of earlier attempts. */
export class TaskLog implements AttemptLogger {
  readonly #key: AttemptKey
  readonly #store: StoreLines
  readonly #log: Log
  /** The number of the line with the message that the log is full. */
  #last: number
  #characters = 0
  #next: number
  #buffer: TaskLogRow[] = []
  #timer: NodeJS.Timeout | undefined
  #storing: Promise<void> = Promise.resolve()

  constructor({ key, next, store, log }: TaskLogOptions) {
    this.#key = key
    this.#next = next
    this.#last = next + Math.max(MIN_LINES, Math.min(MAX_LINES, MAX_LINES_OF_TASK - next))
    this.#store = store
    this.#log = log
  }

  static async open(db: Db<PipelinesSchema>, key: AttemptKey, log: Log): Promise<TaskLog> {
    const next = await nextLine(db, key.task_run_id)
    return new TaskLog({ key, next, log, store: (rows) => insertLines(db, rows) })
  }

  /** The number of the next line. */
  get next(): number {
    return this.#next
  }

  setup(message: string) {
    this.#add('setup', message)
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
    for (const batch of batches(rows)) this.#storing = this.#storing.then(() => this.#storeBatch(batch))
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

  async #storeBatch(rows: readonly TaskLogRow[]) {
    try {
      await this.#store(rows)
    } catch (error) {
      this.#log.warn({ ...this.#key, lines: rows.length, err: error }, 'cannot store log lines of a task')
    }
  }
}

/** The number after the last line of a task run. */
export async function nextLine(db: Db<PipelinesSchema>, taskRunId: number): Promise<number> {
  const row = await db.read
    .selectFrom('task_logs')
    .select((eb) => eb.fn.max('line').as('last'))
    .where('task_run_id', '=', taskRunId)
    .executeTakeFirst()
  return (row?.last ?? -1) + 1
}

export const insertLines = (db: Db<PipelinesSchema>, rows: readonly TaskLogRow[]) =>
  db.transaction((tx) =>
    sql`insert into task_logs (task_run_id, line, time, attempt, level, message)
          select task_run_id, line, time, attempt, level, message from ${db.dialect.rows(rows, COLUMNS)} as r
          where true on conflict do nothing`.execute(tx),
  )

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
