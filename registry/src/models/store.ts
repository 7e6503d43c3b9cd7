import { noteAccessChange } from '@cairn/platform/auth/access-cache'
import type { Principal } from '@cairn/platform/auth/principal'
import { lastByKey } from '@cairn/platform/collections/last-by-key'
import { claimName } from '@cairn/platform/db/claim-name'
import type { Db, Transaction } from '@cairn/platform/db/db'
import { ApiError } from '@cairn/platform/errors'
import type { RegisteredModel } from '@cairn/platform/protocol/mlflow/registered-models'
import { ModelRows, touchModel } from '../namespace/model-rows.js'
import { hasPromptTag, nameConflict } from '../namespace/prompts.js'
import { enterModel, noSuchModel, removeModel, renameModel } from '../namespace/securable.js'
import type { RegisteredModelRow, RegistrySchema } from '../schema.js'
import type { Tags } from '../tags.js'
import type { Outbox } from '../webhooks/outbox.js'
import { readModels } from './read-models.js'

const taken = (name: string) => (cause: unknown) =>
  new ApiError('RESOURCE_ALREADY_EXISTS', `Registered Model (name=${name}) already exists.`, { cause })

/** Registered models and prompts, which share one namespace. Webhook events are written in the transaction of the change. */
export class ModelStore {
  readonly #db: Db<RegistrySchema>
  readonly #outbox: Outbox
  readonly #rows: ModelRows
  readonly #now: () => number

  constructor(db: Db<RegistrySchema>, { outbox, now }: { outbox: Outbox; now: () => number }) {
    this.#db = db
    this.#outbox = outbox
    this.#rows = new ModelRows(db)
    this.#now = now
  }

  /** @throws RESOURCE_ALREADY_EXISTS */
  async create(
    name: string,
    description: string | undefined,
    tags: Tags,
    by: Principal,
  ): Promise<RegisteredModel> {
    const time = this.#now()
    const row: RegisteredModelRow = {
      name,
      creation_timestamp: time,
      last_updated_timestamp: time,
      description: description || null,
      user_id: by.name,
    }
    const created = claimName(this.#db, taken(name), async (tx) => {
      await tx.insertInto('registered_models').values(row).execute()
      await enterModel(tx, row, by)
      await putModelTags(tx, name, tags)
      await this.#outbox.put(tx, { kind: 'model created', name, tags, description })
    })
    await created.catch((error) => this.#throwNameConflict(error, name, tags))
    return this.get(name)
  }

  /** Models and prompts share one namespace, so the message depends on the kind of both. */
  async #throwNameConflict(error: unknown, name: string, tags: Tags): Promise<never> {
    if (!(error instanceof ApiError) || error.code !== 'RESOURCE_ALREADY_EXISTS') throw error
    const { tags: known = [] } = await this.get(name)
    throw new ApiError(
      'RESOURCE_ALREADY_EXISTS',
      nameConflict(name, hasPromptTag(known), hasPromptTag(tags)),
      {
        cause: error,
      },
    )
  }

  /** @throws RESOURCE_DOES_NOT_EXIST */
  async get(name: string): Promise<RegisteredModel> {
    return (await readModels(this.#db, [await this.#rows.get(name)]))[0]!
  }

  async setDescription(name: string, description: string | undefined): Promise<RegisteredModel> {
    await this.#db.transaction(async (tx) => {
      await touchModel(tx, name, this.#now())
      await tx
        .updateTable('registered_models')
        .set({ description: description || null })
        .where('name', '=', name)
        .execute()
    })
    return this.get(name)
  }

  /** Versions, tags and aliases follow. @throws RESOURCE_ALREADY_EXISTS */
  async rename(name: string, newName: string): Promise<RegisteredModel> {
    await claimName(this.#db, taken(newName), async (tx) => {
      await touchModel(tx, name, this.#now())
      await tx.updateTable('registered_models').set({ name: newName }).where('name', '=', name).execute()
      await renameModel(tx, name, newName)
    })
    noteAccessChange(this.#db)
    return this.get(newName)
  }

  async delete(name: string): Promise<void> {
    const { numDeletedRows } = await this.#db.transaction(async (tx) => {
      await removeModel(tx, name)
      return tx.deleteFrom('registered_models').where('name', '=', name).executeTakeFirstOrThrow()
    })
    if (numDeletedRows === 0n) throw noSuchModel(name)
    noteAccessChange(this.#db)
  }

  async setTag(name: string, key: string, value: string): Promise<void> {
    await this.#db.transaction(async (tx) => {
      await touchModel(tx, name, this.#now())
      await putModelTags(tx, name, [{ key, value }])
      await this.#outbox.put(tx, { kind: 'model tag set', name, key, value })
    })
  }

  async deleteTag(name: string, key: string): Promise<void> {
    await this.#db.transaction(async (tx) => {
      await touchModel(tx, name, this.#now())
      const { numDeletedRows } = await tx
        .deleteFrom('registered_model_tags')
        .where('name', '=', name)
        .where('key', '=', key)
        .executeTakeFirstOrThrow()
      if (numDeletedRows > 0n) await this.#outbox.put(tx, { kind: 'model tag deleted', name, key })
    })
  }
}

export async function putModelTags(tx: Transaction<RegistrySchema>, name: string, tags: Tags): Promise<void> {
  if (tags.length === 0) return
  await tx
    .insertInto('registered_model_tags')
    .values(lastByKey(tags).map((tag) => ({ name, ...tag })))
    .onConflict((on) =>
      on.columns(['name', 'key']).doUpdateSet((eb) => ({ value: eb.ref('excluded.value') })),
    )
    .execute()
}
