import type { Db, Transaction } from '@cairn/platform/db/db'
import type { Clock } from '../clock.js'
import { noSuchExperiment } from '../experiments/find.js'
import { parseExperimentId } from '../experiments/id.js'
import type { TrackingSchema } from '../schema.js'
import { getDataset, lockDataset } from './find.js'

/** The experiments that an evaluation dataset belongs to. */
export class DatasetExperiments {
  readonly #db: Db<TrackingSchema>
  readonly #clock: Clock

  constructor(db: Db<TrackingSchema>, clock: Clock) {
    this.#db = db
    this.#clock = clock
  }

  /** @throws RESOURCE_DOES_NOT_EXIST for the dataset */
  async list(id: string): Promise<string[]> {
    await getDataset(this.#db.read, id)
    const rows = await this.#db.read
      .selectFrom('evaluation_dataset_experiments')
      .select('experiment_id')
      .where('dataset_id', '=', id)
      .orderBy('position')
      .execute()
    return rows.map(({ experiment_id }) => String(experiment_id))
  }

  /** @throws RESOURCE_DOES_NOT_EXIST for the dataset and for experiments */
  add(id: string, experiments: readonly string[]): Promise<void> {
    return this.#change(id, (tx) => addExperiments(tx, this.#clock, id, experiments))
  }

  /** Ignores experiments that it does not belong to. @throws RESOURCE_DOES_NOT_EXIST for the dataset */
  remove(id: string, experiments: readonly string[]): Promise<void> {
    const ids = experiments.map(parseExperimentId)
    return this.#change(id, async (tx) => {
      if (ids.length === 0) return
      await tx
        .deleteFrom('evaluation_dataset_experiments')
        .where('dataset_id', '=', id)
        .where('experiment_id', 'in', ids)
        .execute()
    })
  }

  #change(id: string, work: (tx: Transaction<TrackingSchema>) => Promise<void>): Promise<void> {
    return this.#db.transaction(async (tx) => {
      await lockDataset(this.#db, tx, id)
      await getDataset(tx, id)
      await work(tx)
      await tx
        .updateTable('evaluation_datasets')
        .set({ last_update_time: this.#clock.now() })
        .where('dataset_id', '=', id)
        .execute()
    })
  }
}

/** @throws RESOURCE_DOES_NOT_EXIST for an experiment */
export async function addExperiments(
  tx: Transaction<TrackingSchema>,
  clock: Clock,
  dataset_id: string,
  experiments: readonly string[],
): Promise<void> {
  const ids = [...new Set(experiments.map(parseExperimentId))]
  if (ids.length === 0) return
  const found = await tx
    .selectFrom('experiments')
    .select('experiment_id')
    .where('experiment_id', 'in', ids)
    .execute()
  const known = new Set(found.map(({ experiment_id }) => experiment_id))
  const unknown = experiments.find((one) => !known.has(parseExperimentId(one)))
  if (unknown !== undefined) throw noSuchExperiment(unknown)
  const rows = clock.positioned(ids.map((experiment_id) => ({ dataset_id, experiment_id })))
  await tx
    .insertInto('evaluation_dataset_experiments')
    .values(rows)
    .onConflict((conflict) => conflict.columns(['dataset_id', 'experiment_id']).doNothing())
    .execute()
}
