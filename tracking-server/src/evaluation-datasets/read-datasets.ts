import { groupBy } from '@cairn/platform/collections/group-by'
import type { Db } from '@cairn/platform/db/db'
import type { EvaluationDataset } from '@cairn/platform/protocol/mlflow/evaluation-datasets'
import { sql } from 'kysely'
import type { Entry } from '../entries/entry.js'
import type { TrackingSchema } from '../schema.js'
import type { EvaluationDatasetRow } from './schema.js'
import { toDataset } from './wire.js'

/** Reads datasets with their tags and without their records, in the order of `rows`. */
export async function readDatasets(
  { dialect, read }: Db<TrackingSchema>,
  rows: readonly EvaluationDatasetRow[],
): Promise<EvaluationDataset[]> {
  if (rows.length === 0) return []
  const tags = await sql<Entry & { dataset_id: string }>`
    select tag.dataset_id, tag.key, tag.value
    from ${dialect.rows(rows, { dataset_id: 'text' })} as wanted cross join evaluation_dataset_tags as tag
    where tag.dataset_id = wanted.dataset_id order by tag.position`.execute(read)
  const tagsOf = groupBy(tags.rows, ({ dataset_id }) => dataset_id)
  return rows.map((row) => toDataset(row, tagsOf.get(row.dataset_id) ?? []))
}
