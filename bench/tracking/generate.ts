import type { Db } from '@cairn/platform/db/db'
import type { Columns } from '@cairn/platform/db/dialect'
import { migrate } from '@cairn/platform/db/migrate'
import { openDb } from '@cairn/platform/db/open'
import type { PointColumns } from '@cairn/tracking-server/metrics/point-columns'
import { insertChunks } from '@cairn/tracking-server/metrics/write'
import type { TrackingSchema } from '@cairn/tracking-server/schema'
import { type RawBuilder, sql } from 'kysely'

export const START = 1_700_000_000_000
export const METRICS = ['loss', 'ndcg', 'seconds']

/** The i-th run, equal for every store. */
export function runOf(i: number) {
  return {
    run_id: (i + 1).toString(16).padStart(32, '0'),
    run_name: `run-${i}`,
    start_time: START + i * 1000,
    metrics: METRICS.map((key, k) => [key, fraction(i * 3 + k)] as const),
    params: [
      ['model', i % 4 === 0 ? 'm0' : 'm1'],
      ['rate', String(fraction(i * 7).toFixed(4))],
      ['depth', String(i % 12)],
    ] as const,
    tags: [
      ['mlflow.runName', `run-${i}`],
      ['team', `team-${i % 25}`],
    ] as const,
  }
}

/** A stateless hash of `n`, uniform in [0, 1). */
export function fraction(n: number): number {
  let x = Math.imul(n ^ 0x9e3779b9, 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return ((x ^ (x >>> 16)) >>> 0) / 2 ** 32
}

/** Opens a store without a server. */
export async function openStore(url: string): Promise<Db<TrackingSchema>> {
  const db = openDb<TrackingSchema>(url)
  await migrate(
    db.for<unknown>() as Db<unknown>,
    'tracking',
    new URL('./migrations/', import.meta.resolve('@cairn/tracking-server/schema')),
  )
  return db
}

const RUNS_PER_TRANSACTION = 5000
const ENTRY: Columns = { run_id: 'text', key: 'text', value: 'text', position: 'bigint' }
const RUN: Columns = { run_id: 'text', run_name: 'text', start_time: 'bigint' }
const LATEST: Columns = { ...ENTRY, value: 'double precision' }

/** Inserts the runs from `from` to `to`, exclusive, into experiment 0. */
export async function addRuns(db: Db<TrackingSchema>, from: number, to: number): Promise<void> {
  for (let start = from; start < to; start += RUNS_PER_TRANSACTION) {
    const runs = Array.from({ length: Math.min(RUNS_PER_TRANSACTION, to - start) }, (_, i) =>
      runOf(start + i),
    )
    const entries = (of: 'metrics' | 'params' | 'tags') =>
      runs.flatMap((run) =>
        run[of].map(([key, value], position) => ({ run_id: run.run_id, key, value, position })),
      )
    await db.transaction(async (tx) => {
      const add = (insert: RawBuilder<unknown>, rows: readonly object[], columns: Columns) =>
        sql`${insert} from ${db.dialect.rows(rows, columns)} as given where true`.execute(tx)
      await add(
        sql`insert into runs (run_id, experiment_id, run_name, user_id, status, start_time, end_time, artifact_uri, lifecycle_stage)
          select run_id, 0, run_name, 'bench', 'FINISHED', start_time, start_time + 500, 'mlflow-artifacts:/0/x', 'active'`,
        runs,
        RUN,
      )
      for (const table of ['params', 'tags'] as const)
        await add(
          sql`insert into ${sql.table(table)} (run_id, key, experiment_id, value, position) select run_id, key, 0, value, position`,
          entries(table),
          ENTRY,
        )
      await add(
        sql`insert into latest_metrics (run_id, key, experiment_id, value, timestamp, step, is_nan, position)
          select run_id, key, 0, value, ${sql.lit(START)}, 1, 0, position`,
        entries('metrics'),
        LATEST,
      )
    })
  }
}

/** The value of a noisy curve at a step. */
export const curve = (step: number) => Math.fround(1 / (1 + step / 1e5) + fraction(step) / 10)

const POINTS_PER_TRANSACTION = 65_536

/** Stores `count` points of a metric, one step and one millisecond apart, as the server does. */
export async function addHistory(db: Db<TrackingSchema>, run_id: string, key: string, count: number) {
  for (let start = 0; start < count; start += POINTS_PER_TRANSACTION) {
    const steps = Float64Array.from(
      { length: Math.min(POINTS_PER_TRANSACTION, count - start) },
      (_, i) => start + i,
    )
    const points: PointColumns = {
      timestamps: steps.map((step) => START + step),
      steps,
      values: steps.map(curve),
    }
    await db.transaction((tx) => insertChunks(tx, db.dialect, run_id, [{ key, points }]))
  }
}
