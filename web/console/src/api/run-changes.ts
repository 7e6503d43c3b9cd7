import type { PurgeRuns } from '@cairn/platform/protocol/garbage'
import type { Output } from '@cairn/platform/protocol/operation'
import type { DeleteTag, SetTag, UpdateRun } from '@cairn/platform/protocol/runs'
import { call } from './call.js'

/** A deleted run that a purge kept, and why. */
export type KeptRun = Output<typeof PurgeRuns>['kept'][number]

export const renameRun = (run_id: string, run_name: string) =>
  call<typeof UpdateRun>('POST /api/2.0/mlflow/runs/update', { run_id, run_name })

export const setRunTag = (run_id: string, key: string, value: string) =>
  call<typeof SetTag>('POST /api/2.0/mlflow/runs/set-tag', { run_id, key, value })

export const deleteRunTag = (run_id: string, key: string) =>
  call<typeof DeleteTag>('POST /api/2.0/mlflow/runs/delete-tag', { run_id, key })

/** Removes deleted runs for good. Returns those that are kept, with reasons. */
export const purgeRuns = async (run_ids: string[]) =>
  (await call<typeof PurgeRuns>('POST /api/cairn/v1/runs/purge', { run_ids })).kept
