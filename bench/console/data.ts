import type { Db } from '@cairn/platform/db/db'
import type { Columns } from '@cairn/platform/db/dialect'
import type { TrackingSchema } from '@cairn/tracking-server/schema'
import { sql } from 'kysely'
import { addHistory, fraction, START } from '../tracking/generate.js'

export const EXPERIMENT = 0
/** The metric with a long history. */
export const LONG = 'loss'

export interface DataSize {
  readonly runs: number
  /** Metrics of a run, and as many parameters. */
  readonly keys: number
  /** Runs with a long history, and its points. */
  readonly histories: number
  readonly points: number
}

export const idOf = (i: number) => (i + 1).toString(16).padStart(32, '0')

const RUNS_PER_TRANSACTION = 500
const RUN: Columns = { run_id: 'text', run_name: 'text', start_time: 'bigint' }
const PARAM: Columns = { run_id: 'text', key: 'text', value: 'text', position: 'bigint' }
const METRIC: Columns = { ...PARAM, value: 'double precision' }

/** Fills experiment 0 of a store. */
export async function fill(
  db: Db<TrackingSchema>,
  { runs, keys, histories, points }: DataSize,
): Promise<void> {
  for (let start = 0; start < runs; start += RUNS_PER_TRANSACTION)
    await addRuns(db, start, Math.min(runs, start + RUNS_PER_TRANSACTION), keys)
  for (let i = 0; i < histories; i++) await addHistory(db, idOf(i), LONG, points)
}

async function addRuns(db: Db<TrackingSchema>, from: number, to: number, keys: number) {
  const ids = Array.from({ length: to - from }, (_, i) => from + i)
  const runs = ids.map((i) => ({ run_id: idOf(i), run_name: `run-${i}`, start_time: START + i * 1000 }))
  const entries = <Value>(name: string, valueAt: (run: number, key: number) => Value) =>
    ids.flatMap((i) =>
      Array.from({ length: keys }, (_, k) => ({
        ...{ run_id: idOf(i), key: `${name}_${k}`, value: valueAt(i, k), position: k + 1 },
      })),
    )
  const metrics = [
    ...ids.map((i) => ({ run_id: idOf(i), key: LONG, value: fraction(i), position: 0 })),
    ...entries('metric', (i, k) => fraction(i * 131 + k)),
  ]
  const params = entries('param', (i, k) => String((i * (k + 1)) % 97))
  await db.transaction(async (tx) => {
    const rows = (list: readonly object[], columns: Columns) =>
      sql`${db.dialect.rows(list, columns)} as given where true`
    await sql`insert into runs (run_id, experiment_id, run_name, user_id, status, start_time, end_time, artifact_uri, lifecycle_stage)
      select run_id, ${EXPERIMENT}, run_name, 'bench', 'FINISHED', start_time, start_time + 500, 'mlflow-artifacts:/0/x', 'active'
      from ${rows(runs, RUN)}`.execute(tx)
    await sql`insert into params (run_id, key, experiment_id, value, position)
      select run_id, key, ${EXPERIMENT}, value, position from ${rows(params, PARAM)}`.execute(tx)
    await sql`insert into latest_metrics (run_id, key, experiment_id, value, timestamp, step, is_nan, position)
      select run_id, key, ${EXPERIMENT}, value, ${sql.lit(START)}, 1, 0, position from ${rows(metrics, METRIC)}`.execute(
      tx,
    )
  })
}
