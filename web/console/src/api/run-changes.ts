import type { PurgeRuns } from '@cairn/platform/protocol/cairn/garbage'
import type { MoveRuns } from '@cairn/platform/protocol/cairn/run-moves'
import type { DeleteTag, SetTag, UpdateRun } from '@cairn/platform/protocol/mlflow/runs'
import type { Output } from '@cairn/platform/protocol/operation'
import { batchesOf } from './batches.js'
import { call } from './call.js'

/** A deleted run that a purge kept, and why. */
export type KeptRun = Output<typeof PurgeRuns>['kept'][number]

export const renameRun = (run_id: string, run_name: string) =>
  call<typeof UpdateRun>('POST /api/2.0/mlflow/runs/update', { run_id, run_name })

export const setRunTag = (run_id: string, key: string, value: string) =>
  call<typeof SetTag>('POST /api/2.0/mlflow/runs/set-tag', { run_id, key, value })

export const deleteRunTag = (run_id: string, key: string) =>
  call<typeof DeleteTag>('POST /api/2.0/mlflow/runs/delete-tag', { run_id, key })

/** Runs that one request purges or moves. */
const MAX_CHANGED = 100

/** Deletes runs permanently. Returns those that are kept, with reasons. */
export async function purgeRuns(ids: readonly string[]): Promise<KeptRun[]> {
  const kept: KeptRun[] = []
  for (const run_ids of batchesOf(ids, MAX_CHANGED))
    kept.push(...(await call<typeof PurgeRuns>('POST /api/cairn/v1/runs/purge', { run_ids })).kept)
  return kept
}

export async function moveRuns(ids: readonly string[], experiment_id: string): Promise<void> {
  for (const run_ids of batchesOf(ids, MAX_CHANGED))
    await call<typeof MoveRuns>('POST /api/cairn/v1/runs/move', { run_ids, experiment_id })
}
