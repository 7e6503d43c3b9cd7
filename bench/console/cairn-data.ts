import { join } from 'node:path'
import type { Columns } from '@cairn/platform/db/dialect'
import { sql } from 'kysely'
import { addHistory, openStore, START } from '../tracking/generate.js'
import { batches, type Experiment, HISTORY, idOf } from './data.js'

const RUN: Columns = { run_id: 'text', run_name: 'text', start_time: 'bigint' }
const PARAM: Columns = { run_id: 'text', key: 'text', value: 'text', position: 'bigint' }
const METRIC: Columns = { ...PARAM, value: 'double precision' }

/** Fills Cairn's store in the folder. */
export async function fillCairn(folder: string, experiments: readonly Experiment[]): Promise<void> {
  const db = await openStore(join(folder, 'cairn.db'))
  for (const experiment of experiments) {
    const { id, name, histories, points } = experiment
    await db.transaction((tx) =>
      sql`insert into experiments values (${id}, ${name}, ${`mlflow-artifacts:/${id}`}, 'active', ${START}, ${START})`.execute(
        tx,
      ),
    )
    for (const batch of batches(experiment)) {
      const rows = (list: readonly object[], columns: Columns) =>
        sql`${db.dialect.rows(list, columns)} as given where true`
      const runs = batch.map((run) => ({ run_id: run.id, run_name: run.name, start_time: run.startTime }))
      const entries = (of: 'metrics' | 'params') =>
        batch.flatMap((run) => run[of].map((entry, position) => ({ run_id: run.id, ...entry, position })))
      await db.transaction(async (tx) => {
        await sql`insert into runs (run_id, experiment_id, run_name, user_id, status, start_time, end_time, artifact_uri, lifecycle_stage)
          select run_id, ${id}, run_name, 'bench', 'FINISHED', start_time, start_time + 500, 'mlflow-artifacts:/0/x', 'active'
          from ${rows(runs, RUN)}`.execute(tx)
        await sql`insert into params (run_id, key, experiment_id, value, position)
          select run_id, key, ${id}, value, position from ${rows(entries('params'), PARAM)}`.execute(tx)
        await sql`insert into latest_metrics (run_id, key, experiment_id, value, timestamp, step, is_nan, position)
          select run_id, key, ${id}, value, ${sql.lit(START)}, 1, 0, position from ${rows(entries('metrics'), METRIC)}`.execute(
          tx,
        )
      })
    }
    for (let i = 0; i < histories; i++) await addHistory(db, idOf(experiment, i), HISTORY, points)
  }
  await db.close()
}
