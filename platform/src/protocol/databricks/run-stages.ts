import Type from 'typebox'
import { operation } from '../operation.js'
import { EDIT_EXPERIMENTS } from '../rights.js'
import { Int64, Required } from '../wire.js'

const BASE = '/api/2.0/mlflow/databricks/runs'

const Selection = {
  experiment_id: Required(),
  /** Default 10,000. */
  max_runs: Type.Optional(Int64({ minimum: 1, maximum: 10_000 })),
}

export const DeleteRuns = operation({
  id: 'deleteRuns',
  method: 'POST',
  path: `${BASE}/delete-runs`,
  summary: 'Mark the runs of an experiment that started until a time as deleted',
  right: EDIT_EXPERIMENTS,
  input: Type.Object({ ...Selection, max_timestamp_millis: Int64() }),
  output: Type.Object({ runs_deleted: Int64() }),
})

export const RestoreRuns = operation({
  id: 'restoreRuns',
  method: 'POST',
  path: `${BASE}/restore-runs`,
  summary: 'Restore the runs of an experiment that were deleted since a time',
  right: EDIT_EXPERIMENTS,
  input: Type.Object({ ...Selection, min_timestamp_millis: Int64() }),
  output: Type.Object({ runs_restored: Int64() }),
})
