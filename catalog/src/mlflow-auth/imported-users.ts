import type { Db } from '@cairn/platform/db/db'
import type { CatalogSchema } from '../schema.js'

/** Remembers the users that imports created: only their passwords may be replaced by an import. */
export class ImportedUsers {
  readonly #db: Db<CatalogSchema>

  constructor(db: Db<CatalogSchema>) {
    this.#db = db
  }

  async add(principal_id: string): Promise<void> {
    await this.#db.transaction((tx) => tx.insertInto('imported_users').values({ principal_id }).execute())
  }

  async has(principalId: string): Promise<boolean> {
    const row = await this.#db.read
      .selectFrom('imported_users')
      .select('principal_id')
      .where('principal_id', '=', principalId)
      .executeTakeFirst()
    return row !== undefined
  }
}
