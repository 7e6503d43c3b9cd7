import { Database } from '@cairn/platform/db/better-sqlite3'
import { startMlflow } from '../servers.js'
import { runOf, START } from './generate.js'

/** Inserts the same runs into MLflow's SQLite file, which its server creates first. */
export async function addMlflowRuns(python: string, folder: string, from: number, to: number): Promise<void> {
  if (from === 0) await (await startMlflow(python, 1, { folder })).stop()
  const db = new Database(`${folder}/mlflow.db`)
  db.pragma('synchronous = OFF') // the fill need not be durable
  const run =
    db.prepare(`insert into runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status,
    start_time, end_time, source_version, lifecycle_stage, artifact_uri, experiment_id)
    values (?, ?, 'UNKNOWN', '', '', 'bench', 'FINISHED', ?, ?, '', 'active', 'mlflow-artifacts:/0/x', 0)`)
  const entry = (table: string) => db.prepare(`insert into ${table} (run_uuid, key, value) values (?, ?, ?)`)
  const param = entry('params')
  const tag = entry('tags')
  const metric = (table: string) =>
    db.prepare(
      `insert into ${table} (run_uuid, key, value, timestamp, step, is_nan) values (?, ?, ?, ${START}, 1, 0)`,
    )
  const metrics = [metric('metrics'), metric('latest_metrics')]
  db.transaction(() => {
    for (let i = from; i < to; i++) {
      const one = runOf(i)
      run.run(one.run_id, one.run_name, one.start_time, one.start_time + 500)
      for (const [key, value] of one.params) param.run(one.run_id, key, value)
      for (const [key, value] of one.tags) tag.run(one.run_id, key, value)
      for (const [key, value] of one.metrics) for (const into of metrics) into.run(one.run_id, key, value)
    }
  })()
  db.close()
}
