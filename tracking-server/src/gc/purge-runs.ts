import type { Db } from '@cairn/platform/db/db'
import { invalid } from '@cairn/platform/errors'
import type { Announce } from '@cairn/platform/events/announcer'
import type { PurgeRuns } from '@cairn/platform/protocol/cairn/garbage'
import type { Output } from '@cairn/platform/protocol/operation'
import { noSuchRun } from '../runs/find.js'
import type { TrackingSchema } from '../schema.js'
import type { GarbageCollector } from './collector.js'

/**
 * Purges deleted runs. Throws before anything is removed.
 *
 * @throws RESOURCE_DOES_NOT_EXIST; INVALID_PARAMETER_VALUE for a run that is not deleted
 */
export async function purgeRuns(
  db: Db<TrackingSchema>,
  garbage: GarbageCollector,
  announce: Announce,
  run_ids: readonly string[],
): Promise<Output<typeof PurgeRuns>> {
  const rows = await db.read
    .selectFrom('runs')
    .select(['run_id', 'run_name', 'artifact_uri', 'experiment_id', 'lifecycle_stage', 'deleted_time'])
    .where('run_id', 'in', [...new Set(run_ids)])
    .execute()
  const found = new Set(rows.map(({ run_id }) => run_id))
  for (const run_id of run_ids) if (!found.has(run_id)) throw noSuchRun(run_id)
  for (const { run_id, lifecycle_stage } of rows)
    if (lifecycle_stage !== 'deleted')
      throw invalid(
        `Invalid value in parameter 'run_ids': run '${run_id}' is not deleted. Delete it before it is purged.`,
      )
  const reasons = await garbage.purgeRuns(
    rows.map(({ run_id, run_name, artifact_uri, deleted_time }) => ({
      ...{ id: run_id, name: run_name, location: artifact_uri },
      deletedAt: deleted_time ?? Number.MAX_SAFE_INTEGER - 1,
    })),
  )
  const kept = [...reasons].map(([run_id, reason]) => ({ run_id, reason }))
  const purged = rows.filter(({ run_id }) => !reasons.has(run_id))
  for (const { run_id, experiment_id } of purged)
    announce({ type: 'run', experiment_id: String(experiment_id), run_id })
  return { purged: purged.map(({ run_id }) => run_id), kept }
}
