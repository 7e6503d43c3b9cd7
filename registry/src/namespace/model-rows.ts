import type { Db, Transaction } from '@cairn/platform/db/db'
import { GATED_ALIAS } from '@cairn/platform/protocol/cairn/promotions'
import type { RegisteredModelRow, RegistrySchema } from '../schema.js'
import { noSuchModel } from './securable.js'

/** The rows of registered models and prompts, which share one namespace, without their versions and aliases. */
export class ModelRows {
  readonly #db: Db<RegistrySchema>

  constructor(db: Db<RegistrySchema>) {
    this.#db = db
  }

  /** @throws RESOURCE_DOES_NOT_EXIST */
  async get(name: string): Promise<RegisteredModelRow> {
    const row = await this.#db.read
      .selectFrom('registered_models')
      .selectAll()
      .where('name', '=', name)
      .executeTakeFirst()
    if (!row) throw noSuchModel(name)
    return row
  }

  /** Returns the id by which grants refer to the model. @throws RESOURCE_DOES_NOT_EXIST */
  async id(name: string): Promise<string> {
    const row = await this.#db.read
      .selectFrom('securables')
      .select('id')
      .where('type', '=', 'registered_model')
      .where('name', '=', name)
      .executeTakeFirst()
    if (!row) throw noSuchModel(name)
    return row.id
  }

  /** The alias that moves only through the gate of the model; undefined without a gate. */
  async gatedAlias(name: string): Promise<string | undefined> {
    const row = await this.#db.read
      .selectFrom('registered_model_tags')
      .select('value')
      .where('name', '=', name)
      .where('key', '=', GATED_ALIAS)
      .executeTakeFirst()
    return row?.value
  }
}

/** Every change of a model or its versions updates the model's timestamp. @throws RESOURCE_DOES_NOT_EXIST */
export async function touchModel(tx: Transaction<RegistrySchema>, name: string, time: number): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('registered_models')
    .set({ last_updated_timestamp: time })
    .where('name', '=', name)
    .executeTakeFirstOrThrow()
  if (numUpdatedRows === 0n) throw noSuchModel(name)
}
