import type { PurgeRuns } from '@cairn/platform/protocol/garbage'
import type { Output } from '@cairn/platform/protocol/operation'
import type { MoveRuns } from '@cairn/platform/protocol/run-moves'
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

/** Runs of one request. */
const MOVED_AT_ONCE = 100

export async function moveRuns(run_ids: readonly string[], experiment_id: string): Promise<void> {
  for (let first = 0; first < run_ids.length; first += MOVED_AT_ONCE)
    await call<typeof MoveRuns>('POST /api/cairn/v1/runs/move', {
      run_ids: run_ids.slice(first, first + MOVED_AT_ONCE),
      experiment_id,
    })
}
