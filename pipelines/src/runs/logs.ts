import type { Db } from '@cairn/platform/db/db'
import type { PipelinesSchema, TaskLogRow } from '../schema.js'

/** The lines of a task run from `offset` on, in order. */
export function readLog(
  db: Db<PipelinesSchema>,
  taskRunId: number,
  { offset, limit }: { offset: number; limit: number },
): Promise<Omit<TaskLogRow, 'task_run_id'>[]> {
  return db.read
    .selectFrom('task_logs')
    .select(['line', 'time', 'attempt', 'level', 'message'])
    .where('task_run_id', '=', taskRunId)
    .where('line', '>=', offset)
    .orderBy('line')
    .limit(limit)
    .execute()
}

/** The last lines without those of the preparation, oldest first, and whether earlier ones were omitted. */
export async function readLogEnd(db: Db<PipelinesSchema>, taskRunId: number, limit: number) {
  const rows = await db.read
    .selectFrom('task_logs')
    .select('message')
    .where('task_run_id', '=', taskRunId)
    .where('level', '!=', 'setup')
    .orderBy('line', 'desc')
    .limit(limit + 1)
    .execute()
  const lines = rows.slice(0, limit).reverse()
  return { text: lines.map((row) => row.message).join('\n'), truncated: rows.length > limit }
}

/** The error of the last attempt that failed, with its stack trace. */
export async function readFailure(db: Db<PipelinesSchema>, taskRunId: number) {
  return db.read
    .selectFrom('task_attempts')
    .select(['error', 'error_trace'])
    .where('task_run_id', '=', taskRunId)
    .where('error', 'is not', null)
    .orderBy('attempt', 'desc')
    .limit(1)
    .executeTakeFirst()
}
