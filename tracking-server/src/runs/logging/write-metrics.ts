import type { Transaction } from '@cairn/platform/db/db'
import type { Columns, Dialect } from '@cairn/platform/db/dialect'
import { pipelined } from '@cairn/platform/db/pipelined'
import { sql } from 'kysely'
import type { Clock } from '../../clock.js'
import type { PreparedMetrics } from '../../metrics/logged-points.js'
import { prepareHistoryWrite } from '../../metrics/write.js'
import type { TrackingSchema } from '../../schema.js'
import type { RunKey } from '../find.js'

const LATEST: Columns = {
  key: 'text',
  timestamp: 'bigint',
  step: 'bigint',
  value: 'double precision',
  is_nan: 'integer',
  position: 'bigint',
}

export type MetricsWrite = (tx: Transaction<TrackingSchema>, run: RunKey) => Promise<void>

/** Appends points to the history, idempotently, and updates the latest values. */
export function prepareMetricsWrite(
  dialect: Dialect,
  { latest, history }: PreparedMetrics,
  clock: Clock,
): MetricsWrite {
  const first = clock.positions(latest.length)
  const rows = latest.map(({ at, ...point }) => ({ ...point, position: first + at }))
  const moving = dialect.rows(rows, LATEST)
  const append = prepareHistoryWrite(dialect, history, clock)
  return async (tx, { run_id, experiment_id }) => {
    const moved = sql`insert into latest_metrics
        (run_id, key, experiment_id, value, timestamp, step, is_nan, position)
      select ${run_id}, key, cast(${experiment_id} as bigint), value, timestamp, step, is_nan, position
      from ${moving} as point where true
      on conflict (run_id, key) do update set
        value = excluded.value, timestamp = excluded.timestamp, step = excluded.step, is_nan = excluded.is_nan
      where (excluded.step, excluded.timestamp, -excluded.is_nan, excluded.value)
        > (latest_metrics.step, latest_metrics.timestamp, -latest_metrics.is_nan, latest_metrics.value)`
    await pipelined(append(tx, run_id), moved.execute(tx))
  }
}
