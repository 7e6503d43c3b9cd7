import { CairnError, isAway } from '../cairn-error.js'
import type { TrackingClient } from '../tracking.js'
import { findOrCreate } from './find-or-create.js'
import type { OfflineRun } from './list.js'
import { lock } from './lock.js'
import { nothingSent, readSyncState, type Target } from './sync-journal.js'
import { RunSync } from './sync-run.js'

export interface SyncReport {
  /** `busy`: another process sends it. `live`: all that was logged so far is sent, and there will be more. */
  readonly outcome: 'synced' | 'live' | 'busy' | 'refused'
  readonly run_id?: string
  readonly experiment_id?: string
  readonly problems: readonly string[]
}

interface Way {
  readonly server: string
  /** Told of bytes that are done. */
  readonly onBytes?: (bytes: number) => void
}

/**
 * Brings one offline run to the server, or what is left of it. Whatever happened to earlier tries, and whoever tries at
 * the same time, there is one run with each point once.
 *
 * @throws CairnError when the server is away or lets nobody in
 */
export async function syncRun(client: TrackingClient, run: OfflineRun, way: Way): Promise<SyncReport> {
  const unlock = await lock(run.folder)
  if (!unlock) return { outcome: 'busy', problems: [] }
  try {
    return await send(client, run, way)
  } catch (error) {
    // A deleted experiment, say: other runs may have more luck.
    if (error instanceof CairnError && !isAway(error))
      return { outcome: 'refused', problems: [error.message] }
    throw error
  } finally {
    await unlock()
  }
}

async function send(client: TrackingClient, run: OfflineRun, way: Way): Promise<SyncReport> {
  const { server, onBytes = () => {} } = way
  // Another sync may have gone on since the run was listed.
  const known = await readSyncState(run.folder, server)
  const { info } = await findOrCreate(client, run, server, known.target?.run_id)
  const { run_id, experiment_id, artifact_uri, lifecycle_stage } = info
  if (lifecycle_stage === 'deleted')
    return {
      outcome: 'refused',
      run_id,
      problems: [`The run was deleted on the server: \`cairn runs restore ${run_id}\` first.`],
    }
  const target: Target = { type: 'target', server, run_id, experiment_id, artifact_uri }
  const state = known.target?.run_id === run_id ? known : nothingSent()
  const problems = await new RunSync(client, { ...run, state, target, onBytes }).run()
  return { outcome: run.live ? 'live' : 'synced', run_id, experiment_id, problems }
}
