import { randomBytes } from 'node:crypto'
import type { AuthSchema } from '@cairn/platform/auth/schema'
import { hashSecret } from '@cairn/platform/auth/tokens'
import type { Db } from '@cairn/platform/db/db'

/**
 * Stores temporary secrets that grant access to one subject, for URLs that are used without other credentials. Only hashes
 * are stored, as for tokens. A ticket is valid on all servers of the database.
 */
export class Tickets {
  readonly #db: Db<AuthSchema>
  readonly #now: () => number

  constructor(db: Db<AuthSchema>, now: () => number = Date.now) {
    this.#db = db
    this.#now = now
  }

  /** @returns the secret */
  async issue(subject: string, seconds: number): Promise<string> {
    const secret = randomBytes(24).toString('base64url')
    const row = { hash: hashSecret(secret), subject, expires_at: this.#now() + seconds * 1000 }
    await this.#db.transaction(async (tx) => {
      await tx.deleteFrom('tickets').where('expires_at', '<=', this.#now()).execute()
      await tx.insertInto('tickets').values(row).execute()
    })
    return secret
  }

  /** Finds the subject of a secret; undefined if it is unknown or expired. */
  async find(secret: string): Promise<string | undefined> {
    const row = await this.#db.read
      .selectFrom('tickets')
      .select('subject')
      .where('hash', '=', hashSecret(secret))
      .where('expires_at', '>', this.#now())
      .executeTakeFirst()
    return row?.subject
  }
}
