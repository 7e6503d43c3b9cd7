import { groupBy } from '@cairn/platform/collections/group-by'
import type { Db } from '@cairn/platform/db/db'
import type { Experiment, Tag } from '@cairn/platform/protocol/mlflow/experiments'
import type { ExperimentRow, TrackingSchema } from '../schema.js'

/** Reads experiments with their tags, in the order of `rows`. */
export async function readExperiments(
  db: Db<TrackingSchema>,
  rows: readonly ExperimentRow[],
): Promise<Experiment[]> {
  if (rows.length === 0) return []
  const ids = rows.map((row) => row.experiment_id)
  const tags = await db.read
    .selectFrom('experiment_tags')
    .select(['experiment_id', 'key', 'value'])
    .where('experiment_id', 'in', ids)
    .orderBy('position')
    .execute()
  const tagsOf = groupBy(tags, ({ experiment_id }) => experiment_id)
  return rows.map((row) => toExperiment(row, tagsOf.get(row.experiment_id)))
}

const toExperiment = (row: ExperimentRow, tags: readonly Tag[] | undefined): Experiment => ({
  experiment_id: String(row.experiment_id),
  name: row.name,
  artifact_location: row.artifact_location,
  lifecycle_stage: row.lifecycle_stage,
  last_update_time: row.last_update_time,
  creation_time: row.creation_time,
  ...(tags && { tags: tags.map(({ key, value }) => ({ key, value })) }),
})
