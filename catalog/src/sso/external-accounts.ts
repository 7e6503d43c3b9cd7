import type { AuthSchema } from '@cairn/platform/auth/schema'
import type { Db } from '@cairn/platform/db/db'

/** Maps the subjects of an issuer to users. */
export class ExternalAccounts {
  readonly #db: Db<AuthSchema>
  readonly #issuer: string

  constructor(db: Db<AuthSchema>, issuer: string) {
    this.#db = db
    this.#issuer = issuer
  }

  async find(subject: string): Promise<{ principalId: string; groupIds: readonly string[] } | undefined> {
    const row = await this.#db.read
      .selectFrom('external_accounts')
      .selectAll()
      .where('issuer', '=', this.#issuer)
      .where('subject', '=', subject)
      .executeTakeFirst()
    return row && { principalId: row.principal_id, groupIds: JSON.parse(row.group_ids) as string[] }
  }

  async isLinked(principalId: string): Promise<boolean> {
    const row = await this.#db.read
      .selectFrom('external_accounts')
      .select('subject')
      .where('issuer', '=', this.#issuer)
      .where('principal_id', '=', principalId)
      .executeTakeFirst()
    return row !== undefined
  }

  async put(subject: string, principal_id: string, groupIds: readonly string[]): Promise<void> {
    const row = { principal_id, group_ids: JSON.stringify(groupIds) }
    await this.#db.transaction((tx) =>
      tx
        .insertInto('external_accounts')
        .values({ issuer: this.#issuer, subject, ...row })
        .onConflict((on) => on.columns(['issuer', 'subject']).doUpdateSet(row))
        .execute(),
    )
  }
}
