import { lastByKey } from '@cairn/platform/collections/last-by-key'
import type { Db, Transaction } from '@cairn/platform/db/db'
import { invalid, missing } from '@cairn/platform/errors'
import { newId } from '@cairn/platform/mlflow/new-id'
import { pythonRepr } from '@cairn/platform/mlflow/python'
import type { LoggedModel, LoggedModelStatus } from '@cairn/platform/protocol/mlflow/logged-models'
import type { Clock } from '../clock.js'
import { describeChanges, type EntryInput } from '../entries/entry.js'
import { getActiveExperiment } from '../experiments/find.js'
import { appendPath } from '../experiments/location.js'
import { randomName } from '../random-name.js'
import type { LoggedModelRow, TrackingSchema } from '../schema.js'
import { getActiveModel, getModel } from './find.js'
import { readModels } from './read-models.js'

export interface NewLoggedModel {
  readonly experiment_id: string
  readonly name?: string
  readonly model_type?: string
  readonly source_run_id?: string
  readonly params?: readonly EntryInput[]
  readonly tags?: readonly EntryInput[]
}
type EntryTable = 'logged_model_params' | 'logged_model_tags'

/** Metadata of the models that runs create; their files are at `artifact_uri`. */
export class LoggedModelStore {
  readonly #db: Db<TrackingSchema>
  readonly #clock: Clock

  constructor(db: Db<TrackingSchema>, clock: Clock) {
    this.#db = db
    this.#clock = clock
  }

  /** @throws RESOURCE_DOES_NOT_EXIST for the experiment, INVALID_PARAMETER_VALUE for the name */
  async create(model: NewLoggedModel): Promise<LoggedModel> {
    const { name, model_type = '', source_run_id = '', params = [], tags = [] } = model
    if (name) checkName(name)
    const model_id = `m-${newId()}`
    const row = await this.#db.transaction(async (tx) => {
      const { experiment_id, artifact_location } = await getActiveExperiment(tx, model.experiment_id)
      const time = this.#clock.now()
      const created: LoggedModelRow = {
        model_id,
        experiment_id,
        name: name || randomName(),
        artifact_uri: appendPath(artifact_location, 'models', model_id, 'artifacts'),
        creation_timestamp_ms: time,
        last_updated_timestamp_ms: time,
        status: 'LOGGED_MODEL_PENDING',
        status_message: null,
        model_type,
        source_run_id,
        lifecycle_stage: 'active',
      }
      await tx.insertInto('logged_models').values(created).execute()
      await putModelEntries(tx, this.#clock, 'logged_model_params', model_id, params)
      await putModelEntries(tx, this.#clock, 'logged_model_tags', model_id, tags)
      return created
    })
    return (await readModels(this.#db, [row]))[0]!
  }

  /** @throws RESOURCE_DOES_NOT_EXIST, also for deleted models unless `withDeleted` is set */
  async get(modelId: string, withDeleted = false): Promise<LoggedModel> {
    const find = withDeleted ? getModel : getActiveModel
    const row = await find(this.#db.read, modelId)
    return (await readModels(this.#db, [row]))[0]!
  }

  /** Returns the row of a model, deleted or not. @throws RESOURCE_DOES_NOT_EXIST */
  getRow(modelId: string): Promise<LoggedModelRow> {
    return getModel(this.#db.read, modelId)
  }

  async finalize(modelId: string, status: LoggedModelStatus): Promise<LoggedModel> {
    const row = await this.#update(modelId, { status })
    return (await readModels(this.#db, [row]))[0]!
  }

  async delete(modelId: string): Promise<void> {
    await this.#update(modelId, { lifecycle_stage: 'deleted' })
  }

  async putTags(modelId: string, tags: readonly EntryInput[]): Promise<void> {
    await this.#db.transaction(async (tx) => {
      await getModel(tx, modelId)
      await putModelEntries(tx, this.#clock, 'logged_model_tags', modelId, tags)
    })
  }

  /** Computes a tag's new value from the current one, under a lock. @throws RESOURCE_DOES_NOT_EXIST, also for deleted models */
  async amendTag(modelId: string, key: string, amend: (value: string | undefined) => string): Promise<void> {
    await this.#db.transaction(async (tx) => {
      await this.#db.dialect.lock(`logged model ${modelId}`)?.execute(tx)
      await getActiveModel(tx, modelId)
      const known = await tx
        .selectFrom('logged_model_tags')
        .select('value')
        .where('model_id', '=', modelId)
        .where('key', '=', key)
        .executeTakeFirst()
      await putModelEntries(tx, this.#clock, 'logged_model_tags', modelId, [
        { key, value: amend(known?.value) },
      ])
    })
  }

  /** @throws RESOURCE_DOES_NOT_EXIST; INVALID_PARAMETER_VALUE for a parameter that exists with another value, as in runs */
  async addParams(modelId: string, params: readonly EntryInput[]): Promise<void> {
    await this.#db.transaction(async (tx) => {
      await this.#db.dialect.lock(`logged model ${modelId}`)?.execute(tx)
      await getModel(tx, modelId)
      const known = await valuesOf(tx, modelId)
      const changed = params.flatMap(({ key, value: new_value = '' }) => {
        const old_value = known.get(key) ?? new_value
        return old_value === new_value ? [] : [{ key, old_value, new_value }]
      })
      if (changed.length > 0)
        throw invalid(
          `Changing param values is not allowed. Params were already logged='${describeChanges(changed)}' for model ID=${pythonRepr(modelId)}.`,
        )
      await putModelEntries(tx, this.#clock, 'logged_model_params', modelId, params)
    })
  }

  /** @throws RESOURCE_DOES_NOT_EXIST for the model and for the tag */
  async deleteTag(modelId: string, key: string): Promise<void> {
    await this.#db.transaction(async (tx) => {
      await getModel(tx, modelId)
      const { numDeletedRows } = await tx
        .deleteFrom('logged_model_tags')
        .where('model_id', '=', modelId)
        .where('key', '=', key)
        .executeTakeFirstOrThrow()
      if (numDeletedRows === 0n)
        throw missing(`No tag with key ${pythonRepr(key)} found for model with ID ${pythonRepr(modelId)}.`)
    })
  }

  #update(modelId: string, change: Partial<LoggedModelRow>): Promise<LoggedModelRow> {
    return this.#db.transaction(async (tx) => {
      const row = await getModel(tx, modelId)
      const changed = { ...change, last_updated_timestamp_ms: this.#clock.now() }
      await tx.updateTable('logged_models').set(changed).where('model_id', '=', modelId).execute()
      return { ...row, ...changed }
    })
  }
}

async function valuesOf(tx: Transaction<TrackingSchema>, modelId: string) {
  const rows = await tx
    .selectFrom('logged_model_params')
    .select(['key', 'value'])
    .where('model_id', '=', modelId)
    .execute()
  return new Map(rows.map(({ key, value }) => [key, value]))
}

/** Upserts entries; existing ones keep their position. */
export async function putModelEntries(
  tx: Transaction<TrackingSchema>,
  clock: Clock,
  table: EntryTable,
  model_id: string,
  entries: readonly EntryInput[] = [],
) {
  if (entries.length === 0) return
  const rows = clock.positioned(lastByKey(entries).map((entry) => ({ model_id, ...entry })))
  await tx
    .insertInto(table)
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['model_id', 'key']).doUpdateSet((eb) => ({ value: eb.ref('excluded.value') })),
    )
    .execute()
}

/** Names are used in folders and URIs. */
function checkName(name: string) {
  if (/[/:.%"']/.test(name))
    throw invalid(
      `Invalid model name (${pythonRepr(name)}) provided. Model name must be a non-empty string and cannot contain the following characters: ('/', ':', '.', '%', '"', "'")`,
    )
}
