import { inBatches } from '@cairn/platform/collections/in-batches'
import type { Db } from '@cairn/platform/db/db'
import type { Dialect } from '@cairn/platform/db/dialect'
import { idRows } from '@cairn/platform/db/id-rows'
import type { Projection } from '@cairn/platform/protocol/mlflow/run-projection'
import type { Run, RunInfo } from '@cairn/platform/protocol/mlflow/runs'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { withDecimalPoints } from '../protobuf-json.js'
import type { RunRow, TrackingSchema } from '../schema.js'
import { readInputs } from './inputs.js'
import { inPacedBatches } from './paced-batches.js'

/** Reads runs with their data, inputs and outputs as JSON, in the order of `rows`. */
export const readRunsAsJson = (
  db: Db<TrackingSchema>,
  rows: readonly RunRow[],
  projection: Projection = {},
): Promise<string[]> => inBatches(rows, (batch) => readBatchAsJson(db, batch, projection))

async function readBatchAsJson(
  db: Db<TrackingSchema>,
  rows: readonly RunRow[],
  projection: Projection,
): Promise<string[]> {
  const ids = rows.map(({ run_id }) => run_id)
  const contents = await db.reading((read) => readContents(read, db.dialect, ids, projection))
  return rows.map((row) => contents.toJson(row))
}

/** Reads runs by id as JSON, in the order of the ids and each once, without those that do not exist. */
export async function findRunsAsJson(
  db: Db<TrackingSchema>,
  runIds: readonly string[],
  projection: Projection,
): Promise<string[]> {
  const ids = [...new Set(runIds)]
  const { rows } = await sql<RunRow>`select runs.* from ${idRows(db.dialect, ids)} as wanted
    cross join runs where runs.run_id = wanted.id`.execute(db.read)
  const byId = new Map(rows.map((row) => [row.run_id, row]))
  const found = ids.flatMap((id) => byId.get(id) ?? [])
  const runs: string[] = []
  await inPacedBatches(found, async (batch) => {
    for (const run of await readBatchAsJson(db, batch, projection)) runs.push(run)
  })
  return runs
}

/** Reads a run with its data, inputs and outputs. @returns undefined if it does not exist */
export async function findRun(db: Db<TrackingSchema>, runId: string): Promise<Run | undefined> {
  const [row, contents] = await db.reading((read) =>
    Promise.all([
      read.selectFrom('runs').selectAll().where('run_id', '=', runId).executeTakeFirst(),
      readContents(read, db.dialect, [runId], {}),
    ]),
  )
  return row && (JSON.parse(contents.toJson(row)) as Run)
}

/** Reads the metrics, parameters and tags of runs, or only the keys of a projection. */
async function readContents(
  read: Reader,
  dialect: Dialect,
  runIds: readonly string[],
  projection: Projection,
) {
  const ids = idRows(dialect, runIds)
  const [logged, used] = await Promise.all([
    readLogged(read, dialect, ids, projection),
    projection.inputs === false ? undefined : readInputs(read, dialect, ids),
  ])
  return {
    toJson(row: RunRow) {
      const info = JSON.stringify(toRunInfo(row))
      const inputs = JSON.stringify({
        ...used?.datasets.get(row.run_id, 'dataset_inputs'),
        ...used?.models.get(row.run_id, 'model_inputs'),
      })
      const outputs = JSON.stringify({ ...used?.outputs.get(row.run_id, 'model_outputs') })
      const data = dataOf(logged.get(row.run_id)!)
      return `{"info":${info},"data":${data},"inputs":${inputs},"outputs":${outputs}}`
    },
  }
}

export const toRunInfo = (row: RunRow): RunInfo => ({
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

type Reader = Kysely<TrackingSchema>

/** The metrics, parameters and tags of a run as JSON lists, in the order of first logging. */
interface LoggedRow {
  readonly run_id: string
  readonly metrics: string
  readonly params: string
  readonly tags: string
}

async function readLogged(
  read: Reader,
  dialect: Dialect,
  ids: RawBuilder<unknown>,
  { metrics, params, tags }: Projection,
) {
  const entry = { key: sql.ref('key'), value: sql.ref('value') }
  const point = {
    key: sql.ref('key'),
    value: sql`case when is_nan = 1 then ${dialect.jsonNaN} else value end`,
    timestamp: sql.ref('timestamp'),
    step: sql.ref('step'),
  }
  const listOf = (table: string, members: typeof entry, keys: readonly string[] | undefined) => {
    const kept = keys ? sql`and key in (select id from ${idRows(dialect, keys)} as kept)` : sql``
    return sql`(select ${dialect.jsonList(members, 'position')} from ${sql.table(table)}
      where run_id = wanted.id ${kept})`
  }
  const { rows } = await sql<LoggedRow>`
    select wanted.id as run_id, ${listOf('latest_metrics', point, metrics)} as metrics,
      ${listOf('params', entry, params)} as params, ${listOf('tags', entry, tags)} as tags
    from ${ids} as wanted`.execute(read)
  return new Map(rows.map((row) => [row.run_id, row]))
}

/** Omits empty lists, as protobuf's JSON does. */
function dataOf({ metrics, params, tags }: LoggedRow): string {
  const lists = Object.entries({ metrics: withDecimalPoints(metrics), params, tags })
  const members = lists.filter(([, list]) => list !== '[]').map(([name, list]) => `"${name}":${list}`)
  return `{${members.join(',')}}`
}
