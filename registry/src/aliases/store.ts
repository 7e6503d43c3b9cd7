import type { Db, Transaction } from '@cairn/platform/db/db'
import { ApiError } from '@cairn/platform/errors'
import type { AliasMove } from '@cairn/platform/protocol/cairn/alias-moves'
import { listMoves, recordMove } from '../alias-moves/moves.js'
import { withModelLock } from '../namespace/lock.js'
import { touchModel } from '../namespace/model-rows.js'
import type { RegistrySchema } from '../schema.js'
import { findAliased } from '../versions/aliased-versions.js'
import { getVersion } from '../versions/store.js'
import type { Outbox } from '../webhooks/outbox.js'

type AliasRow = RegistrySchema['registered_model_aliases']

/** Moves and deletes the aliases of model versions. Webhook events are written in the transaction of the change. */
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
      return this.#move(tx, { name, alias, version })
    })
  }

  /**
   * Moves the alias if `current` is its version, undefined for none; within a transaction of `withModelLock`.
   *
   * @throws RESOURCE_DOES_NOT_EXIST for an unknown version, RESOURCE_CONFLICT when the alias has another version
   */
  async moveIfCurrent(
    tx: Transaction<RegistrySchema>,
    { name, alias, version }: AliasRow,
    current: number | undefined,
  ): Promise<void> {
    await touchModel(tx, name, this.#now())
    if ((await findAliased(tx, name, alias)) !== current)
      throw new ApiError(
        'RESOURCE_CONFLICT',
        `The alias '${alias}' of '${name}' has moved meanwhile. Try again.`,
      )
    await this.#move(tx, { name, alias, version })
  }

  async #move(tx: Transaction<RegistrySchema>, alias: AliasRow): Promise<number | undefined> {
    const before = await putAlias(tx, alias, this.#now())
    await this.#outbox.put(tx, { kind: 'alias set', ...alias })
    return before
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
      if (deleted) {
        await recordMove(tx, { name, alias, version: null, at: this.#now() })
        await this.#outbox.put(tx, { kind: 'alias deleted', name, alias })
      }
      return deleted?.version
    })
  }

  /** The moves of the aliases of a model, newest first. */
  moves(name: string): Promise<AliasMove[]> {
    return listMoves(this.#db, name)
  }
}

/**
 * @returns the version that the alias had
 * @throws RESOURCE_DOES_NOT_EXIST for an unknown version
 */
export async function putAlias(
  tx: Transaction<RegistrySchema>,
  { name, alias, version }: AliasRow,
  at: number,
): Promise<number | undefined> {
  await getVersion(tx, name, version)
  const before = await findAliased(tx, name, alias)
  await tx
    .insertInto('registered_model_aliases')
    .values({ name, alias, version })
    .onConflict((on) => on.columns(['name', 'alias']).doUpdateSet({ version }))
    .execute()
  if (before !== version) await recordMove(tx, { name, alias, version, at })
  return before
}
