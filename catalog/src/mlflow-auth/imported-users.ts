import type { Db } from '@cairn/platform/db/db'
import type { CatalogSchema } from '../schema.js'

/** Stores which users an import created. An import may replace only their passwords. */
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
