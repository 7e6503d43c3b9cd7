export interface EvaluationDatasetRow {
  dataset_id: string
  name: string
  schema: string | null
  record_count: number
  digest: string
  created_time: number
  last_update_time: number
  created_by: string | null
  last_updated_by: string | null
}

export interface EvaluationRecordRow {
  dataset_record_id: string
  dataset_id: string
  input_hash: string
  inputs: string
  outputs: string | null
  expectations: string | null
  tags: string
  source: string | null
  created_time: number
  last_update_time: number
  created_by: string | null
  last_updated_by: string | null
  position: number
}

export interface EvaluationSchema {
  evaluation_datasets: EvaluationDatasetRow
  evaluation_dataset_tags: { dataset_id: string; key: string; value: string; position: number }
  evaluation_dataset_experiments: { dataset_id: string; experiment_id: number; position: number }
  evaluation_records: EvaluationRecordRow
}
