import type { Db } from '@cairn/platform/db/db'
import { ApiError, missing } from '@cairn/platform/errors'
import type { SecretRow, SecretScopeRow, WorkspaceSchema } from '../schema.js'
import type { SecretKeys } from './keys.js'
import { noSuchScope } from './scopes.js'

const MAX_SECRETS = 1000
const ROWS_AT_ONCE = 200

/** Stores secrets, encrypted. */
export class SecretStore {
  readonly #db: Db<WorkspaceSchema>
  readonly #keys: SecretKeys
  readonly #now: () => number

  constructor(db: Db<WorkspaceSchema>, keys: SecretKeys, now: () => number) {
    this.#db = db
    this.#keys = keys
    this.#now = now
  }

  /** @throws RESOURCE_DOES_NOT_EXIST for a scope that was deleted meanwhile; INVALID_STATE for too many secrets */
  async put({ scope_id, name }: SecretScopeRow, key: string, value: Buffer): Promise<void> {
    const sealed = this.#keys.seal(value, boundTo({ scope_id, key }))
    const updated_at = this.#now()
    await this.#db.transaction(async (tx) => {
      await this.#db.dialect.lock(`secrets:${scope_id}`)?.execute(tx)
      const { scopes, secrets } = await tx
        .selectNoFrom((eb) => [
          eb
            .selectFrom('secret_scopes')
            .where('scope_id', '=', scope_id)
            .select((one) => one.fn.countAll<number>().as('count'))
            .as('scopes'),
          eb
            .selectFrom('secrets')
            .where('scope_id', '=', scope_id)
            .where('key', '!=', key)
            .select((one) => one.fn.countAll<number>().as('count'))
            .as('secrets'),
        ])
        .executeTakeFirstOrThrow()
      if (Number(scopes) === 0) throw noSuchScope(name)
      if (Number(secrets) >= MAX_SECRETS)
        throw new ApiError(
          'INVALID_STATE',
          `Scope ${name} has ${MAX_SECRETS} secrets already: delete one of them.`,
        )
      await tx
        .insertInto('secrets')
        .values({ scope_id, key, sealed, updated_at })
        .onConflict((on) => on.columns(['scope_id', 'key']).doUpdateSet({ sealed, updated_at }))
        .execute()
    })
  }

  /** @throws RESOURCE_DOES_NOT_EXIST; INVALID_STATE for a secret that another key encrypted */
  async get({ scope_id, name }: SecretScopeRow, key: string): Promise<Buffer> {
    const row = await this.#db.read
      .selectFrom('secrets')
      .selectAll()
      .where('scope_id', '=', scope_id)
      .where('key', '=', key)
      .executeTakeFirst()
    if (!row) throw noSuchSecret(name, key)
    return this.#keys.unseal(row.sealed, boundTo(row))
  }

  /** Lists secrets by key, without their values. */
  list({ scope_id }: SecretScopeRow): Promise<Pick<SecretRow, 'key' | 'updated_at'>[]> {
    return this.#db.read
      .selectFrom('secrets')
      .select(['key', 'updated_at'])
      .where('scope_id', '=', scope_id)
      .orderBy('key')
      .execute()
  }

  /** @throws RESOURCE_DOES_NOT_EXIST */
  async delete({ scope_id, name }: SecretScopeRow, key: string): Promise<void> {
    const { numDeletedRows } = await this.#db.transaction((tx) =>
      tx
        .deleteFrom('secrets')
        .where('scope_id', '=', scope_id)
        .where('key', '=', key)
        .executeTakeFirstOrThrow(),
    )
    if (numDeletedRows === 0n) throw noSuchSecret(name, key)
  }

  /** Renews the key and re-encrypts all secrets. @returns the number of secrets that had another key */
  async rotate(): Promise<number> {
    const before = await this.#sealAgain()
    await this.#keys.renew()
    return Math.max(before, await this.#sealAgain())
  }

  /** Re-encrypts secrets that have other keys. A secret that is written concurrently keeps its new value. */
  async #sealAgain(): Promise<number> {
    let count = 0
    for (;;) {
      const rows = await this.#db.read
        .selectFrom('secrets')
        .selectAll()
        .where('sealed', 'not like', `${this.#keys.prefix}%`)
        .limit(ROWS_AT_ONCE)
        .execute()
      if (rows.length === 0) return count
      const again = rows.map((row) => ({
        ...row,
        sealed: this.#keys.seal(this.#keys.unseal(row.sealed, boundTo(row)), boundTo(row)),
        before: row.sealed,
      }))
      await this.#db.transaction(async (tx) => {
        for (const { scope_id, key, sealed, before } of again)
          await tx
            .updateTable('secrets')
            .set({ sealed })
            .where('scope_id', '=', scope_id)
            .where('key', '=', key)
            .where('sealed', '=', before)
            .execute()
      })
      count += rows.length
    }
  }
}

const boundTo = ({ scope_id, key }: Pick<SecretRow, 'scope_id' | 'key'>) => `${scope_id}/${key}`

const noSuchSecret = (scope: string, key: string) =>
  missing(`Secret does not exist with scope: ${scope} and key: ${key}`)
