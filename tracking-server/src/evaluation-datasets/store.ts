import type { Db, Transaction } from '@cairn/platform/db/db'
import type { Columns } from '@cairn/platform/db/dialect'
import { newId } from '@cairn/platform/mlflow/new-id'
import type {
  CreateEvaluationDataset,
  EvaluationDataset,
} from '@cairn/platform/protocol/mlflow/evaluation-datasets'
import type { Input } from '@cairn/platform/protocol/operation'
import { sql } from 'kysely'
import type { Clock } from '../clock.js'
import type { Entry } from '../entries/entry.js'
import { omitIfEmpty } from '../protobuf-json.js'
import type { TrackingSchema } from '../schema.js'
import { addExperiments } from './experiments.js'
import { getDataset, lockDataset } from './find.js'
import { readDatasets } from './read-datasets.js'
import type { EvaluationDatasetRow } from './schema.js'
import { datasetDigest, readTags, USER_TAG } from './wire.js'

const TAG: Columns = { key: 'text', value: 'text', position: 'bigint' }

/** Tables whose rows are deleted with a dataset; its own table is last. */
const OF_DATASET = [
  'evaluation_records',
  'evaluation_dataset_tags',
  'evaluation_dataset_experiments',
  'evaluation_datasets',
] as const

/** Evaluation datasets without their records. */
export class EvaluationDatasetStore {
  readonly #db: Db<TrackingSchema>
  readonly #clock: Clock

  constructor(db: Db<TrackingSchema>, clock: Clock) {
    this.#db = db
    this.#clock = clock
  }

  /** @throws RESOURCE_DOES_NOT_EXIST for an experiment, INVALID_PARAMETER_VALUE for tags */
  async create(input: Input<typeof CreateEvaluationDataset>): Promise<EvaluationDataset> {
    const { name, experiment_ids = [] } = input
    const tags = input.tags ? readTags(input.tags) : []
    const now = this.#clock.now()
    const maker = tags.find(({ key }) => key === USER_TAG)?.value ?? input.created_by ?? null
    const row: EvaluationDatasetRow = {
      dataset_id: `d-${newId()}`,
      name,
      schema: null,
      record_count: 0,
      digest: datasetDigest(name, now),
      created_time: now,
      last_update_time: now,
      created_by: maker,
      last_updated_by: maker,
    }
    await this.#db.transaction(async (tx) => {
      await tx.insertInto('evaluation_datasets').values(row).execute()
      await this.#putTags(tx, row.dataset_id, tags)
      await addExperiments(tx, this.#clock, row.dataset_id, experiment_ids)
    })
    return { ...(await this.get(row.dataset_id)), ...omitIfEmpty('experiment_ids', experiment_ids) }
  }

  /** @throws RESOURCE_DOES_NOT_EXIST */
  async get(id: string): Promise<EvaluationDataset> {
    return (await readDatasets(this.#db, [await getDataset(this.#db.read, id)]))[0]!
  }

  /** Idempotent. */
  async delete(id: string): Promise<void> {
    await this.#db.transaction(async (tx) => {
      await lockDataset(this.#db, tx, id)
      for (const table of OF_DATASET) await tx.deleteFrom(table).where('dataset_id', '=', id).execute()
    })
  }

  /** @throws RESOURCE_DOES_NOT_EXIST; INVALID_PARAMETER_VALUE */
  async putTags(id: string, json: string): Promise<void> {
    const tags = readTags(json)
    await this.#db.transaction(async (tx) => {
      await lockDataset(this.#db, tx, id)
      await getDataset(tx, id)
      await this.#putTags(tx, id, tags)
    })
  }

  /** Idempotent. */
  async deleteTag(id: string, key: string): Promise<void> {
    await this.#db.transaction((tx) =>
      tx
        .deleteFrom('evaluation_dataset_tags')
        .where('dataset_id', '=', id)
        .where('key', '=', key)
        .executeTakeFirst(),
    )
  }

  async #putTags(tx: Transaction<TrackingSchema>, id: string, tags: readonly Entry[]): Promise<void> {
    if (tags.length === 0) return
    const rows = this.#db.dialect.rows(this.#clock.positioned(tags), TAG)
    await sql`insert into evaluation_dataset_tags (dataset_id, key, value, position)
      select ${id}, key, value, position from ${rows} as tag where true
      on conflict (dataset_id, key) do update set value = excluded.value`.execute(tx)
  }
}
