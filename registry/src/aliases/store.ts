import type { Db, Transaction } from '@cairn/platform/db/db'
import { ApiError, invalid, missing } from '@cairn/platform/errors'
import { withModelLock } from '../models/lock.js'
import { touchModel } from '../models/store.js'
import { DELETED, type RegistrySchema } from '../schema.js'
import { getVersion } from '../versions/store.js'
import type { Outbox } from '../webhooks/outbox.js'

/** The aliases of model versions. Webhook events are written in the transaction of the change. */
export class AliasStore {
  readonly #db: Db<RegistrySchema>
  readonly #outbox: Outbox
  readonly #now: () => number

  constructor(db: Db<RegistrySchema>, { outbox, now }: { outbox: Outbox; now: () => number }) {
    this.#db = db
    this.#outbox = outbox
    this.#now = now
  }

  /**
   * @returns the version that the alias had
   * @throws RESOURCE_DOES_NOT_EXIST for an unknown version
   */
  async put(name: string, alias: string, version: number): Promise<number | undefined> {
    return withModelLock(this.#db, name, async (tx) => {
      await touchModel(tx, name, this.#now())
      const before = await findVersion(tx, name, alias)
      await this.#move(tx, name, alias, version)
      return before
    })
  }

  /**
   * Moves the alias if `current` is its version, undefined for none; within a transaction of `withModelLock`.
   *
   * @throws RESOURCE_DOES_NOT_EXIST for an unknown version, RESOURCE_CONFLICT when the alias has another version
   */
  async moveIfCurrent(
    tx: Transaction<RegistrySchema>,
    { name, alias, version }: RegistrySchema['registered_model_aliases'],
    current: number | undefined,
  ): Promise<void> {
    await touchModel(tx, name, this.#now())
    if ((await findVersion(tx, name, alias)) !== current)
      throw new ApiError(
        'RESOURCE_CONFLICT',
        `The alias '${alias}' of '${name}' has moved meanwhile. Try again.`,
      )
    await this.#move(tx, name, alias, version)
  }

  async #move(tx: Transaction<RegistrySchema>, name: string, alias: string, version: number): Promise<void> {
    await putAlias(tx, name, alias, version)
    await this.#outbox.put(tx, { kind: 'alias set', name, alias, version })
  }

  /** @returns the version that the alias had */
  async delete(name: string, alias: string): Promise<number | undefined> {
    return withModelLock(this.#db, name, async (tx) => {
      await touchModel(tx, name, this.#now())
      const deleted = await tx
        .deleteFrom('registered_model_aliases')
        .where('name', '=', name)
        .where('alias', '=', alias)
        .returning('version')
        .executeTakeFirst()
      if (deleted) await this.#outbox.put(tx, { kind: 'alias deleted', name, alias })
      return deleted?.version
    })
  }

  find(name: string, alias: string): Promise<number | undefined> {
    return findVersion(this.#db.read, name, alias)
  }

  /**
   * The version of an alias; `latest`, in any case, is the highest version.
   *
   * @throws as MLflow: INVALID_PARAMETER_VALUE for an unknown alias, RESOURCE_DOES_NOT_EXIST for `latest` without versions
   */
  async get(name: string, alias: string): Promise<number> {
    if (alias.toLowerCase() === 'latest') return this.#highest(name)
    const version = await this.find(name, alias)
    if (version === undefined) throw invalid(`Registered model alias ${alias} not found.`)
    return version
  }

  async #highest(name: string): Promise<number> {
    const row = await this.#db.read
      .selectFrom('model_versions')
      .select((eb) => eb.fn.max('version').as('version'))
      .where('name', '=', name)
      .where('current_stage', '!=', DELETED)
      .executeTakeFirst()
    if (typeof row?.version !== 'number') throw missing(`Latest version not found for model ${name}.`)
    return row.version
  }
}

async function findVersion(
  tx: Transaction<RegistrySchema>,
  name: string,
  alias: string,
): Promise<number | undefined> {
  const row = await tx
    .selectFrom('registered_model_aliases')
    .select('version')
    .where('name', '=', name)
    .where('alias', '=', alias)
    .executeTakeFirst()
  return row?.version
}

/** @throws RESOURCE_DOES_NOT_EXIST for an unknown version */
export async function putAlias(
  tx: Transaction<RegistrySchema>,
  name: string,
  alias: string,
  version: number,
): Promise<void> {
  await getVersion(tx, name, version)
  await tx
    .insertInto('registered_model_aliases')
    .values({ name, alias, version })
    .onConflict((on) => on.columns(['name', 'alias']).doUpdateSet({ version }))
    .execute()
}
