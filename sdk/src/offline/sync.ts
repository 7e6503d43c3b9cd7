import { existsSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createOnce, MARK, markedWith } from '../mark.js'
import type { TrackingClient } from '../tracking.js'
import type { RunRecord } from '../wire.js'
import { lock } from './lock.js'
import { isAlive } from './process-identity.js'
import { type Survey, survey } from './survey.js'
import { readSyncState, type SyncState, type Target } from './sync-journal.js'
import { RunSync } from './sync-run.js'

export interface OfflineRun {
  readonly folder: string
  readonly survey: Survey
  readonly state: SyncState
  /** Whether its process still logs. */
  readonly live: boolean
  /** Whether the server has all of it. */
  readonly done: boolean
}

export interface SyncReport {
  /** `busy`: another process sends it. `live`: all that was logged so far is sent, and there will be more. */
  readonly outcome: 'synced' | 'live' | 'busy' | 'refused'
  readonly run_id?: string
  readonly experiment_id?: string
  readonly problems: readonly string[]
}

/**
 * The runs in a folder and what is left to send to `server`; parents come before their children. `onUnbegun` is told of
 * folders whose process died before the first line of the log was whole.
 */
export async function listOffline(
  folder: string,
  server: string,
  onUnbegun: (runFolder: string) => void = () => {},
): Promise<OfflineRun[]> {
  const names = await readdir(folder)
  const runs: OfflineRun[] = []
  for (const name of names.sort()) {
    const runFolder = join(folder, name)
    if (!existsSync(join(runFolder, 'log.jsonl'))) continue
    const found = await survey(runFolder)
    if (!found) {
      onUnbegun(runFolder)
      continue
    }
    const state = await readSyncState(runFolder, server)
    const live = !found.end && isAlive(found.start.process)
    runs.push({ folder: runFolder, survey: found, state, live, done: state.doneAt === found.logBytes })
  }
  return parentsFirst(runs)
}

function parentsFirst(runs: readonly OfflineRun[]): OfflineRun[] {
  const byId = new Map(runs.map((run) => [run.survey.start.id, run]))
  const depth = (run: OfflineRun, seen = 0): number => {
    const parent = run.survey.start.parent
    const above = parent && 'offline' in parent ? byId.get(parent.offline) : undefined
    return above && seen < runs.length ? 1 + depth(above, seen + 1) : 0
  }
  const order = (run: OfflineRun) => [depth(run), run.survey.start.start_time] as const
  return runs.toSorted((a, b) => order(a)[0] - order(b)[0] || order(a)[1] - order(b)[1])
}

/**
 * Brings one offline run to the server, or what is left of it. Whatever happened to earlier tries, and whoever tries at
 * the same time, there is one run with each point once.
 *
 * @throws CairnError when the server is away or lets nobody in
 */
export async function syncRun(
  client: TrackingClient,
  run: OfflineRun,
  options: { readonly server: string; readonly onBytes?: (bytes: number) => void },
): Promise<SyncReport> {
  const unlock = await lock(run.folder)
  if (!unlock) return { outcome: 'busy', problems: [] }
  try {
    const record = await findOrCreate(client, run, options.server)
    if (record.info.lifecycle_stage === 'deleted')
      return {
        outcome: 'refused',
        run_id: record.info.run_id,
        problems: [`The run was deleted on the server: \`cairn runs restore ${record.info.run_id}\` first.`],
      }
    const target: Target = {
      type: 'target',
      server: options.server,
      run_id: record.info.run_id,
      experiment_id: record.info.experiment_id,
      artifact_uri: record.info.artifact_uri,
    }
    // Another sync may have gone on since the run was listed.
    const known = await readSyncState(run.folder, options.server)
    const state =
      known.target?.run_id === target.run_id ? known : { offset: 0, stored: new Map(), models: new Map() }
    const { onBytes = () => {} } = options
    const problems = await new RunSync(client, { ...run, state, target, onBytes }).run()
    const { run_id, experiment_id } = target
    return { outcome: run.live ? 'live' : 'synced', run_id, experiment_id, problems }
  } finally {
    await unlock()
  }
}

async function findOrCreate(client: TrackingClient, run: OfflineRun, server: string): Promise<RunRecord> {
  const { start } = run.survey
  const { experiment_id } = await client.experiments.ensure(start.experiment)
  const known = (await readSyncState(run.folder, server)).target?.run_id
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

/** Removes the local copy. */
export const removeOffline = (run: OfflineRun): Promise<void> => rm(run.folder, { recursive: true })
