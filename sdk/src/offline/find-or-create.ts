import { join } from 'node:path'
import { CLIENT_ID_TAG, clientIdFilter, createOnce } from '../tracking/create-once.js'
import type { TrackingClient } from '../tracking.js'
import type { RunRecord } from '../wire.js'
import type { OfflineRun } from './offline-runs.js'
import { readSyncState } from './sync-journal.js'

/** Marks runs that were logged offline, so that the dashboard explains their late arrival. */
const OFFLINE_TAG = 'cairn.offline'

/**
 * Finds or creates the server's run for an offline run. Idempotent, also for concurrent callers.
 *
 * @param known id of the run that earlier syncs wrote to
 */
export async function findOrCreateRun(
  client: TrackingClient,
  run: OfflineRun,
  server: string,
  known: string | undefined,
): Promise<RunRecord> {
  const { start } = run.summary
  const { experiment_id } = await client.experiments.ensure(start.experiment)
  const find = () => findByClientId(client, experiment_id, start.id, known)
  const found = await find()
  if (found) return found
  const parent = await parentOf(run, server)
  const tags = {
    ...start.tags,
    ...(parent && { 'mlflow.parentRunId': parent }),
    ...{ [CLIENT_ID_TAG]: start.id, [OFFLINE_TAG]: 'true' },
  }
  const fields = { experiment_id, start_time: start.start_time, tags }
  const create = () => client.runs.create({ ...fields, ...(start.name && { run_name: start.name }) })
  const created = await createOnce({ create, find })
  // A request of a killed sync may have arrived in the meantime.
  return (await find()) ?? created
}

/**
 * Finds the run by its client id. If a process was killed before it got the response, there may be two: keeps the one that
 * earlier syncs wrote to, otherwise the same one for every caller, and deletes the others.
 */
async function findByClientId(
  client: TrackingClient,
  experiment_id: string,
  id: string,
  known: string | undefined,
): Promise<RunRecord | undefined> {
  const runs: RunRecord[] = []
  const query = { experiment_ids: [experiment_id], filter: clientIdFilter(id), run_view_type: 'ALL' } as const
  for await (const run of client.runs.search(query)) runs.push(run)
  const rank = ({ info }: RunRecord) =>
    (info.lifecycle_stage === 'deleted' ? 2 : 0) + (info.run_id === known ? 0 : 1)
  runs.sort((a, b) => rank(a) - rank(b) || (a.info.run_id < b.info.run_id ? -1 : 1))
  const [first, ...others] = runs
  for (const { info } of others) if (info.lifecycle_stage === 'active') await client.runs.delete(info.run_id)
  return first
}

async function parentOf({ folder, summary }: OfflineRun, server: string): Promise<string | undefined> {
  const { parent } = summary.start
  if (!parent) return undefined
  if ('runId' in parent) return parent.runId
  return (await readSyncState(join(folder, '..', parent.offline), server)).target?.run_id
}
