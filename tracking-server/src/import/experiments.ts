import { lastByKey } from '@cairn/platform/collections/last-by-key'
import type { Db, Transaction } from '@cairn/platform/db/db'
import { checkKey, checkKeyLength } from '@cairn/platform/mlflow/keys'
import type { ImportExperiment, ImportedExperiment } from '@cairn/platform/protocol/imports'
import type { Output } from '@cairn/platform/protocol/operation'
import type { Clock } from '../clock.js'
import type { EntryInput } from '../entries/entry.js'
import { getExperiment } from '../experiments/find.js'
import { appendPath, artifactLocation } from '../experiments/location.js'
import { nextExperimentId } from '../experiments/store.js'
import type { ExperimentRow, TrackingSchema } from '../schema.js'

const IMPORTED_ID = 'cairn.import.experiment_id'

/**
 * @param root artifact location of experiments that bring none
 * @throws RESOURCE_DOES_NOT_EXIST for one that it is not known as
 */
export async function importExperiment(
  db: Db<TrackingSchema>,
  clock: Clock,
  root: string,
  given: ImportedExperiment,
): Promise<Output<typeof ImportExperiment>> {
  const tags = given.tags ?? []
  for (const { key } of tags) {
    checkKey(key, 'key')
    checkKeyLength(key, 'key')
  }
  const location = given.artifact_location && artifactLocation(given.artifact_location)
  return db.transaction(async (tx) => {
    await db.dialect.lock('experiments')?.execute(tx)
    const known =
      given.known_as === undefined ? await findNamed(tx, given.name) : await getExperiment(tx, given.known_as)
    if (known?.lifecycle_stage === 'deleted' && given.lifecycle_stage !== 'deleted')
      await restore(tx, clock, known.experiment_id)
    const row = known ?? (await insert(tx, clock, given, (id) => location || appendPath(root, id)))
    const wasRenumbered = given.experiment_id && given.experiment_id !== String(row.experiment_id)
    const noted = wasRenumbered && !known ? [{ key: IMPORTED_ID, value: given.experiment_id! }] : []
    await addTags(tx, clock, row.experiment_id, {
      tags: [...tags, ...noted],
      replace: given.known_as !== undefined,
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
  given: ImportedExperiment,
  locate: (id: string) => string,
): Promise<ExperimentRow> {
  const experiment_id = await availableId(tx, given.experiment_id)
  const { creation_time = clock.now(), last_update_time = creation_time } = given
  const row: ExperimentRow = {
    experiment_id,
    name: given.name,
    artifact_location: locate(String(experiment_id)),
    lifecycle_stage: given.lifecycle_stage ?? 'active',
    creation_time,
    last_update_time,
  }
  await tx.insertInto('experiments').values(row).execute()
  return row
}

/** What comes into a deleted experiment would be out of sight, and go with it. Its own runs stay deleted. */
const restore = (tx: Transaction<TrackingSchema>, clock: Clock, experiment_id: number) =>
  tx
    .updateTable('experiments')
    .set({ lifecycle_stage: 'active', last_update_time: clock.now() })
    .where('experiment_id', '=', experiment_id)
    .execute()

/** File stores number experiments with 18 digits, which a double does not hold: those get the next number here. */
async function availableId(tx: Transaction<TrackingSchema>, given: string | undefined): Promise<number> {
  const id = given && /^\d{1,12}$/.test(given) ? Number(given) : undefined
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
  /** Whether they take the place of other values. */
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
