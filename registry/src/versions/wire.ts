import type { ModelVersion } from '@cairn/platform/protocol/mlflow/registered-models'
import type { ModelVersionRow } from '../schema.js'
import type { Tags } from '../tags.js'

export interface VersionRelations {
  readonly tags: Tags
  readonly aliases: readonly string[]
}

/** A version in MLflow's format: unset strings are empty, empty lists are absent. */
export const versionOnWire = (row: ModelVersionRow, { tags, aliases }: VersionRelations): ModelVersion => ({
  name: row.name,
  version: String(row.version),
  creation_timestamp: row.creation_timestamp,
  last_updated_timestamp: row.last_updated_timestamp,
  ...(row.user_id && { user_id: row.user_id }),
  current_stage: row.current_stage,
  description: row.description,
  source: row.source,
  run_id: row.run_id,
  status: 'READY',
  ...(tags.length > 0 && { tags: [...tags] }),
  run_link: row.run_link,
  ...(aliases.length > 0 && { aliases: [...aliases] }),
  ...(row.model_id && { model_id: row.model_id }),
  ...(row.model_params && { model_params: JSON.parse(row.model_params) }),
  ...(row.model_metrics && { model_metrics: JSON.parse(row.model_metrics) }),
})
