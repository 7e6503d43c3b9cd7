import type { Db } from '@cairn/platform/db/db'
import { sql } from 'kysely'
import type { TrackingSchema } from '../../schema.js'
import { eachRunWindow, type RunSelection } from './run-windows.js'

/** The number of runs that one statement tests. */
const WINDOW = 5000

/** Counts the runs that match a filter. @throws INVALID_PARAMETER_VALUE in MLflow's words */
export async function countRuns(
  db: Db<TrackingSchema>,
  selection: RunSelection,
  window = WINDOW,
): Promise<number> {
  let total = 0
  await eachRunWindow(db, selection, { first: window, max: window }, async ({ from, where }) => {
    const { rows } = await sql<{ count: number }>`
      select cast(count(*) as integer) as count from ${from} where ${where}`.execute(db.read)
    total += rows[0]!.count
  })
  return total
}
