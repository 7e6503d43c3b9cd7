import { join } from 'node:path'
import { createOnce, MARK, markedWith } from '../tracking/create-once.js'
import type { TrackingClient } from '../tracking.js'
import type { RunRecord } from '../wire.js'
import type { OfflineRun } from './list.js'
import { readSyncState } from './sync-journal.js'

/**
 * The run on the server that stands for an offline one, however often and by whomever it is looked for.
 *
 * @param known the run that earlier syncs filled
 */
export async function findOrCreate(
  client: TrackingClient,
  run: OfflineRun,
  server: string,
  known: string | undefined,
): Promise<RunRecord> {
  const { start } = run.survey
  const { experiment_id } = await client.experiments.ensure(start.experiment)
  const find = () => findMarked(client, experiment_id, start.id, known)
  const found = await find()
  if (found) return found
  const parent = await parentOf(run, server)
  const tags = { ...start.tags, ...(parent && { 'mlflow.parentRunId': parent }), [MARK]: start.id }
  const about = { experiment_id, start_time: start.start_time, tags }
  const create = () => client.runs.create({ ...about, ...(start.name && { run_name: start.name }) })
  const created = await createOnce({ create, find })
  // The request of a sync that was killed may have arrived meanwhile.
  return (await find()) ?? created
}

/**
 * The run that carries the mark. Where there are two, one of them came of a request whose sender did not live to see the
 * answer: the one that earlier syncs filled stays, or the same for everybody who asks, and the others are deleted.
 */
async function findMarked(
  client: TrackingClient,
  experiment_id: string,
  id: string,
  known: string | undefined,
): Promise<RunRecord | undefined> {
  const runs: RunRecord[] = []
  const query = { experiment_ids: [experiment_id], filter: markedWith(id), run_view_type: 'ALL' } as const
  for await (const run of client.runs.search(query)) runs.push(run)
  const rank = ({ info }: RunRecord) =>
    (info.lifecycle_stage === 'deleted' ? 2 : 0) + (info.run_id === known ? 0 : 1)
  runs.sort((a, b) => rank(a) - rank(b) || (a.info.run_id < b.info.run_id ? -1 : 1))
  const [first, ...others] = runs
  for (const { info } of others) if (info.lifecycle_stage === 'active') await client.runs.delete(info.run_id)
  return first
}

async function parentOf({ folder, survey }: OfflineRun, server: string): Promise<string | undefined> {
  const { parent } = survey.start
  if (!parent) return undefined
  if ('runId' in parent) return parent.runId
  return (await readSyncState(join(folder, '..', parent.offline), server)).target?.run_id
}
