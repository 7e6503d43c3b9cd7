import type { Principal } from '@cairn/platform/auth/principal'
import { lastByKey } from '@cairn/platform/collections/last-by-key'
import type { Db, Transaction } from '@cairn/platform/db/db'
import { checkKey, checkKeyLength } from '@cairn/platform/mlflow/keys'
import type { ImportExperiment, ImportedExperiment } from '@cairn/platform/protocol/cairn/imports'
import type { Output } from '@cairn/platform/protocol/operation'
import type { Clock } from '../clock.js'
import type { EntryInput } from '../entries/entry.js'
import { getExperiment } from '../experiments/find.js'
import { appendPath, artifactLocation } from '../experiments/location.js'
import { enterExperiment, nextExperimentId } from '../experiments/store.js'
import type { ExperimentRow, TrackingSchema } from '../schema.js'

const IMPORTED_ID = 'cairn.import.experiment_id'

/**
 * @param root artifact location of experiments that are imported without one
 * @throws RESOURCE_DOES_NOT_EXIST for the experiment `known_as`
 */
export async function importExperiment(
  db: Db<TrackingSchema>,
  clock: Clock,
  root: string,
  input: ImportedExperiment,
  owner: Principal,
): Promise<Output<typeof ImportExperiment>> {
  const tags = input.tags ?? []
  for (const { key } of tags) {
    checkKey(key, 'key')
    checkKeyLength(key, 'key')
  }
  const location = input.artifact_location && artifactLocation(input.artifact_location)
  return db.transaction(async (tx) => {
    await db.dialect.lock('experiments')?.execute(tx)
    const known =
      input.known_as === undefined ? await findNamed(tx, input.name) : await getExperiment(tx, input.known_as)
    if (known?.lifecycle_stage === 'deleted' && input.lifecycle_stage !== 'deleted')
      await restore(tx, clock, known.experiment_id)
    const row = known ?? (await insert(tx, clock, input, (id) => location || appendPath(root, id), owner))
    const wasRenumbered = input.experiment_id && input.experiment_id !== String(row.experiment_id)
    const idTag = wasRenumbered && !known ? [{ key: IMPORTED_ID, value: input.experiment_id! }] : []
    await addTags(tx, clock, row.experiment_id, {
      tags: [...tags, ...idTag],
      replace: input.known_as !== undefined,
    })
    return {
      experiment_id: String(row.experiment_id),
      artifact_location: row.artifact_location,
      outcome: known ? 'merged' : wasRenumbered ? 'derived' : 'created',
    }
  })
}

const findNamed = (tx: Transaction<TrackingSchema>, name: string): Promise<ExperimentRow | undefined> =>
  tx.selectFrom('experiments').selectAll().where('name', '=', name).executeTakeFirst()

async function insert(
  tx: Transaction<TrackingSchema>,
  clock: Clock,
  input: ImportedExperiment,
  locate: (id: string) => string,
  owner: Principal,
): Promise<ExperimentRow> {
  const experiment_id = await availableId(tx, input.experiment_id)
  const { creation_time = clock.now(), last_update_time = creation_time } = input
  const row: ExperimentRow = {
    experiment_id,
    name: input.name,
    artifact_location: locate(String(experiment_id)),
    lifecycle_stage: input.lifecycle_stage ?? 'active',
    creation_time,
    last_update_time,
  }
  await tx.insertInto('experiments').values(row).execute()
  await enterExperiment(tx, row, owner)
  return row
}

/** Restores a deleted experiment, which would hide imported runs and be removed with them. Its other runs stay deleted. */
const restore = (tx: Transaction<TrackingSchema>, clock: Clock, experiment_id: number) =>
  tx
    .updateTable('experiments')
    .set({ lifecycle_stage: 'active', last_update_time: clock.now() })
    .where('experiment_id', '=', experiment_id)
    .execute()

/** File stores use ids of 18 digits, which exceed the exact range of doubles; such experiments get the next free id. */
async function availableId(tx: Transaction<TrackingSchema>, requested: string | undefined): Promise<number> {
  const id = requested && /^\d{1,12}$/.test(requested) ? Number(requested) : undefined
  if (id === undefined) return nextExperimentId(tx)
  const taken = await tx
    .selectFrom('experiments')
    .select('name')
    .where('experiment_id', '=', id)
    .executeTakeFirst()
  return taken ? nextExperimentId(tx) : id
}

interface TagOptions {
  readonly tags: readonly EntryInput[]
  /** True if existing values are overwritten. */
  readonly replace: boolean
}

async function addTags(
  tx: Transaction<TrackingSchema>,
  clock: Clock,
  experiment_id: number,
  { tags, replace }: TagOptions,
) {
  if (tags.length === 0) return
  await tx
    .insertInto('experiment_tags')
    .values(clock.positioned(lastByKey(tags).map((tag) => ({ experiment_id, ...tag }))))
    .onConflict((conflict) => {
      const taken = conflict.columns(['experiment_id', 'key'])
      return replace ? taken.doUpdateSet((eb) => ({ value: eb.ref('excluded.value') })) : taken.doNothing()
    })
    .execute()
}
