import { CairnError, isUnavailable } from '../cairn-error.js'
import type { TrackingClient } from '../tracking.js'
import { findOrCreateRun } from './find-or-create.js'
import { acquireLock } from './lock.js'
import type { OfflineRun } from './offline-runs.js'
import { emptySyncState, readSyncState, type Target } from './sync-journal.js'
import { RunSynchronizer } from './sync-run.js'

export interface SyncReport {
  /** `busy`: another process is sending it. `live`: everything so far is sent, but the run is still logging. */
  readonly outcome: 'synced' | 'live' | 'busy' | 'refused'
  readonly run_id?: string
  readonly experiment_id?: string
  readonly problems: readonly string[]
}

interface SyncOptions {
  /** Address that identifies the server in the journal. */
  readonly server: string
  /** Called with the number of bytes sent. */
  readonly onBytes?: (bytes: number) => void
}

/**
 * Sends an offline run, or the rest of it, to the server. Idempotent after failed and concurrent attempts: the server has
 * one run with each point once.
 *
 * @throws CairnError if the server is unavailable or rejects the credentials
 */
export async function syncRun(
  client: TrackingClient,
  run: OfflineRun,
  options: SyncOptions,
): Promise<SyncReport> {
  const unlock = await acquireLock(run.folder)
  if (!unlock) return { outcome: 'busy', problems: [] }
  try {
    return await send(client, run, options)
  } catch (error) {
    // E.g. a deleted experiment; other runs may still be accepted.
    if (error instanceof CairnError && !isUnavailable(error))
      return { outcome: 'refused', problems: [error.message] }
    throw error
  } finally {
    await unlock()
  }
}

async function send(client: TrackingClient, run: OfflineRun, options: SyncOptions): Promise<SyncReport> {
  const { server, onBytes = () => {} } = options
  // Another sync may have progressed since the run was listed.
  const known = await readSyncState(run.folder, server)
  const { info } = await findOrCreateRun(client, run, server, known.target?.run_id)
  const { run_id, experiment_id, artifact_uri, lifecycle_stage } = info
  if (lifecycle_stage === 'deleted')
    return {
      outcome: 'refused',
      run_id,
      problems: [`The run was deleted on the server: \`cairn runs restore ${run_id}\` first.`],
    }
  const target: Target = { type: 'target', server, run_id, experiment_id, artifact_uri }
  const state = known.target?.run_id === run_id ? known : emptySyncState()
  const problems = await new RunSynchronizer(client, { ...run, state, target, onBytes }).run()
  return { outcome: run.live ? 'live' : 'synced', run_id, experiment_id, problems }
}
