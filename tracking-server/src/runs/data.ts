import { inBatches } from '@cairn/platform/collections/in-batches'
import type { Db } from '@cairn/platform/db/db'
import type { Dialect } from '@cairn/platform/db/dialect'
import { idRows } from '@cairn/platform/db/id-rows'
import type { Metric } from '@cairn/platform/protocol/metrics'
import type { Run, RunInfo } from '@cairn/platform/protocol/runs'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { withPoints } from '../doubles.js'
import type { MetricRow, RunRow, TrackingSchema } from '../schema.js'
import { readInputs } from './inputs.js'

/** Whole runs as JSON, in the order of `rows`. */
export const writeRuns = (db: Db<TrackingSchema>, rows: readonly RunRow[]): Promise<string[]> =>
  inBatches(rows, async (part) => {
    const ids = part.map(({ run_id }) => run_id)
    const contents = await db.reading((read) => readContents(read, db.dialect, ids))
    return part.map((row) => contents.write(row))
  })

/** A whole run, or nothing. */
export async function findRun(db: Db<TrackingSchema>, runId: string): Promise<Run | undefined> {
  const [row, contents] = await db.reading((read) =>
    Promise.all([
      read.selectFrom('runs').selectAll().where('run_id', '=', runId).executeTakeFirst(),
      readContents(read, db.dialect, [runId]),
    ]),
  )
  return row && (JSON.parse(contents.write(row)) as Run)
}

/** What is logged to runs, put together with their rows. */
async function readContents(read: Read, dialect: Dialect, runIds: readonly string[]) {
  const ids = idRows(dialect, runIds)
  const [logged, used] = await Promise.all([readLogged(read, dialect, ids), readInputs(read, dialect, ids)])
  return {
    write(row: RunRow) {
      const info = JSON.stringify(toInfo(row))
      const inputs = JSON.stringify({
        ...used.datasets.get(row.run_id, 'dataset_inputs'),
        ...used.models.get(row.run_id, 'model_inputs'),
      })
      const outputs = JSON.stringify(used.outputs.get(row.run_id, 'model_outputs'))
      const data = dataOf(logged.get(row.run_id)!)
      return `{"info":${info},"data":${data},"inputs":${inputs},"outputs":${outputs}}`
    },
  }
}

export const toInfo = (row: RunRow): RunInfo => ({
  run_uuid: row.run_id,
  experiment_id: String(row.experiment_id),
  run_name: row.run_name,
  user_id: row.user_id,
  status: row.status as RunInfo['status'],
  start_time: row.start_time,
  ...(row.end_time !== null && { end_time: row.end_time }),
  artifact_uri: row.artifact_uri,
  lifecycle_stage: row.lifecycle_stage,
  run_id: row.run_id,
})

/** A stored point as it goes over the wire. */
export const toMetric = ({ key, value, timestamp, step, is_nan }: Omit<MetricRow, 'run_id'>): Metric => ({
  key,
  value: is_nan ? 'NaN' : value,
  timestamp,
  step,
})

type Read = Kysely<TrackingSchema>

/** What a run has of each kind: JSON lists, in the order of first logging. */
interface Logged {
  readonly run_id: string
  readonly metrics: string
  readonly params: string
  readonly tags: string
}

async function readLogged(read: Read, dialect: Dialect, ids: RawBuilder<unknown>) {
  const entry = { key: sql.ref('key'), value: sql.ref('value') }
  const point = {
    key: sql.ref('key'),
    value: sql`case when is_nan = 1 then ${dialect.jsonNaN} else value end`,
    timestamp: sql.ref('timestamp'),
    step: sql.ref('step'),
  }
  const listOf = (table: string, members: typeof entry) =>
    sql`(select ${dialect.jsonList(members, 'position')} from ${sql.table(table)} where run_id = wanted.id)`
  const { rows } = await sql<Logged>`
    select wanted.id as run_id, ${listOf('latest_metrics', point)} as metrics,
      ${listOf('params', entry)} as params, ${listOf('tags', entry)} as tags
    from ${ids} as wanted`.execute(read)
  return new Map(rows.map((row) => [row.run_id, row]))
}

/** Empty lists are left out, as protobuf's JSON does. */
function dataOf({ metrics, params, tags }: Logged): string {
  const lists = Object.entries({ metrics: withPoints(metrics), params, tags })
  const members = lists.filter(([, list]) => list !== '[]').map(([name, list]) => `"${name}":${list}`)
  return `{${members.join(',')}}`
}
