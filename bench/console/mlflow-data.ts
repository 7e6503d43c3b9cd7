import { Database } from '@cairn/platform/db/better-sqlite3'
import { startMlflow } from '../servers.js'
import { curve, START } from '../tracking/generate.js'
import { batches, type Experiment, HISTORY, idsOf, type RunData } from './data.js'

type Store = InstanceType<typeof Database>

/** Inserts the same runs into MLflow's SQLite file in the folder, which its server creates first. */
export async function fillMlflow(
  python: string,
  folder: string,
  experiments: readonly Experiment[],
): Promise<void> {
  await (await startMlflow(python, 1, { folder })).stop()
  const db = new Database(`${folder}/mlflow.db`)
  db.pragma('synchronous = OFF') // the fill need not be durable
  db.pragma('cache_size = -500000')
  const addExperiment = db.prepare(`insert or ignore into experiments
    (experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time)
    values (?, ?, ?, 'active', ${START}, ${START})`)
  const addRun = runWriter(db)
  const addHistory = historyWriter(db)
  for (const experiment of experiments) {
    const { id, name, histories, points } = experiment
    addExperiment.run(id, name, `mlflow-artifacts:/${id}`)
    for (const batch of batches(experiment))
      db.transaction(() => {
        for (const run of batch) addRun(id, run)
      })()
    for (const run of idsOf(experiment, histories)) addHistory(run, points)
  }
  db.close()
}

function runWriter(db: Store): (experiment: number, run: RunData) => void {
  const addRun =
    db.prepare(`insert into runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status,
    start_time, end_time, source_version, lifecycle_stage, artifact_uri, experiment_id)
    values (?, ?, 'UNKNOWN', '', '', 'bench', 'FINISHED', ?, ?, '', 'active', 'mlflow-artifacts:/0/x', ?)`)
  const entry = (table: string) => db.prepare(`insert into ${table} (run_uuid, key, value) values (?, ?, ?)`)
  const [addParam, addTag] = [entry('params'), entry('tags')]
  const metric = (table: string) =>
    db.prepare(
      `insert into ${table} (run_uuid, key, value, timestamp, step, is_nan) values (?, ?, ?, ${START}, 1, 0)`,
    )
  const metricTables = [metric('metrics'), metric('latest_metrics')]
  return (experiment, { id, name, startTime, params, metrics }) => {
    addRun.run(id, name, startTime, startTime + 500, experiment)
    addTag.run(id, 'mlflow.runName', name)
    for (const { key, value } of params) addParam.run(id, key, value)
    for (const { key, value } of metrics) for (const table of metricTables) table.run(id, key, value)
  }
}

/** Writes points, one step and one millisecond apart, in place of the only point of the run. */
function historyWriter(db: Store): (run: string, points: number) => void {
  db.function('curve', { deterministic: true }, (step) => curve(Number(step)))
  const clear = db.prepare(`delete from metrics where run_uuid = ? and key = '${HISTORY}'`)
  const add = db.prepare(`insert into metrics (run_uuid, key, value, timestamp, step, is_nan)
    with recursive steps(step) as (select 0 union all select step + 1 from steps where step < ? - 1)
    select ?, '${HISTORY}', curve(step), ${START} + step, step, 0 from steps`)
  return (run, points) => {
    clear.run(run)
    add.run(points, run)
  }
}
