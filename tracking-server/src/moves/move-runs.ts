import { setTimeout as sleep } from 'node:timers/promises'
import { noteAccessChange } from '@cairn/platform/auth/access-cache'
import type { ArtifactLocations } from '@cairn/platform/blobs/artifact-locations'
import type { Db } from '@cairn/platform/db/db'
import { invalid } from '@cairn/platform/errors'
import type { Announce } from '@cairn/platform/events/announcer'
import type { MoveRuns } from '@cairn/platform/protocol/cairn/run-moves'
import type { Input, Output } from '@cairn/platform/protocol/operation'
import { getActiveExperiment } from '../experiments/find.js'
import { noSuchRun } from '../runs/find.js'
import type { TrackingSchema } from '../schema.js'
import { alignEntries, moveRun } from './move-run.js'

const MAX_RUNS = 1_000
/** PostgreSQL commits concurrently. After this time, most requests that were writing to a run have ended. */
const SETTLED_MS = 250
const PARENT_TAG = 'mlflow.parentRunId'

interface Options {
  readonly db: Db<TrackingSchema>
  readonly locations: ArtifactLocations
  readonly announce: Announce
  /** @throws unless the caller may move runs out of these experiments */
  readonly check: (runs: readonly FoundRun[]) => Promise<void>
}

export interface FoundRun {
  readonly run_id: string
  readonly experiment_id: number
  readonly lifecycle_stage: string
}

/**
 * Moves runs with their child runs in the same experiment. Each run is one transaction, so that none delays other requests.
 * After a failure, the same request moves the rest.
 *
 * @throws RESOURCE_DOES_NOT_EXIST; INVALID_PARAMETER_VALUE for a deleted run or experiment, and more than 1,000 runs
 */
export async function moveRuns(
  { db, locations, announce, check }: Options,
  { run_ids, experiment_id }: Input<typeof MoveRuns>,
): Promise<Output<typeof MoveRuns>> {
  const target = await db.transaction((tx) => getActiveExperiment(tx, experiment_id))
  const runs = await withChildren(db, await findRuns(db, [...new Set(run_ids)]))
  await check(runs)
  const moved: string[] = []
  for (const { run_id, experiment_id: from } of runs) {
    const move = { run_id, from, experiment_id: target.experiment_id }
    const isMoved = await db.transaction((tx) => moveRun(tx, locations, move))
    if (!isMoved) continue
    noteAccessChange(db)
    moved.push(run_id)
    for (const id of [from, target.experiment_id])
      announce({ type: 'run', experiment_id: String(id), run_id })
  }
  await alignMoved(db, moved)
  return { moved }
}

/** Corrects rows with the old experiment, which requests that were writing to a run may have inserted. */
async function alignMoved(db: Db<TrackingSchema>, moved: readonly string[]): Promise<void> {
  if (moved.length > 0 && db.dialect.isShared) await sleep(SETTLED_MS)
  for (const run_id of moved) await db.transaction((tx) => alignEntries(tx, run_id))
}

async function findRuns({ read }: Db<TrackingSchema>, ids: readonly string[]): Promise<FoundRun[]> {
  const rows = await read
    .selectFrom('runs')
    .select(['run_id', 'experiment_id', 'lifecycle_stage'])
    .where('run_id', 'in', ids)
    .execute()
  const byId = new Map(rows.map((row) => [row.run_id, row]))
  return ids.map((id) => {
    const run = byId.get(id)
    if (!run) throw noSuchRun(id)
    if (run.lifecycle_stage !== 'active')
      throw invalid(
        `Invalid value in parameter 'run_ids': run '${id}' is deleted. Restore it before it is moved.`,
      )
    return run
  })
}

/** Adds child runs, generation by generation. Deleted runs move too, because they may be restored. */
async function withChildren({ read }: Db<TrackingSchema>, runs: readonly FoundRun[]): Promise<FoundRun[]> {
  const all = new Map(runs.map((run) => [run.run_id, run]))
  for (let parents = runs; parents.length > 0; ) {
    const children = await read
      .selectFrom('tags')
      .innerJoin('runs', 'runs.run_id', 'tags.run_id')
      .select(['runs.run_id', 'runs.experiment_id', 'runs.lifecycle_stage'])
      .where('tags.key', '=', PARENT_TAG)
      .where('tags.experiment_id', 'in', [...new Set(parents.map((run) => run.experiment_id))])
      .where(
        'tags.value',
        'in',
        parents.map((run) => run.run_id),
      )
      .whereRef('runs.experiment_id', '=', 'tags.experiment_id')
      .limit(MAX_RUNS + 1)
      .execute()
    parents = children.filter(({ run_id }) => !all.has(run_id))
    for (const run of parents) all.set(run.run_id, run)
    if (all.size > MAX_RUNS)
      throw invalid(
        `Invalid value for parameter 'run_ids': with their child runs these are more than ${MAX_RUNS} runs. Move fewer at once.`,
      )
  }
  return [...all.values()]
}
