import { randomBytes, randomUUID } from 'node:crypto'
import { type SqlBool, sql } from 'kysely'
import type { Db, Transaction } from '../db/db.js'
import { invalid, missing } from '../errors.js'
import type { AuthSchema, InviteRow } from './schema.js'
import { hashSecret } from './tokens.js'

export interface NewInvite {
  /** The user whose password the link sets; absent for a link that creates an account. */
  readonly principalId?: string
  /** The name of the new account. If it is absent, the person chooses it. */
  readonly name?: string | undefined
  readonly groupIds?: readonly string[]
  /** Id of the principal that creates the link. */
  readonly createdBy: string
  readonly seconds: number
}

export type Invite = Omit<InviteRow, 'hash' | 'group_ids'> & { readonly group_ids: readonly string[] }

/** One-time links that create an account or set a password. Only their hashes are stored. */
export class Invites {
  readonly #db: Db<AuthSchema>
  readonly #now: () => number

  constructor(db: Db<AuthSchema>, now: () => number = Date.now) {
    this.#db = db
    this.#now = now
  }

  /** Creates a link. @returns the secret, which is not stored */
  async create({ principalId, name = '', groupIds = [], createdBy, seconds }: NewInvite) {
    const secret = randomBytes(32).toString('base64url')
    const created_at = this.#now()
    const row: InviteRow = {
      ...{ id: randomUUID(), hash: hashSecret(secret), principal_id: principalId ?? null, name },
      ...{ group_ids: JSON.stringify(groupIds), created_by: createdBy, created_at },
      ...{ expires_at: created_at + seconds * 1000, used_at: null },
    }
    await this.#db.transaction(async (tx) => {
      await tx.deleteFrom('invites').where('expires_at', '<=', created_at).execute()
      await tx.insertInto('invites').values(row).execute()
    })
    return { secret, invite: inviteOf(row) }
  }

  /** @throws INVALID_PARAMETER_VALUE when the link is unknown, expired or used */
  async get(secret: string): Promise<Invite> {
    const row = await this.#db.read
      .selectFrom('invites')
      .selectAll()
      .where('hash', '=', hashSecret(secret))
      .where('used_at', 'is', null)
      .where('expires_at', '>', this.#now())
      .executeTakeFirst()
    if (!row) throw unusable()
    return inviteOf(row)
  }

  /** Lists unused links, the newest first. @param before the last link of the previous page */
  async list(
    before: readonly [created_at: number, id: string] | undefined,
    limit: number,
  ): Promise<Invite[]> {
    let query = this.#db.read.selectFrom('invites').selectAll().where('used_at', 'is', null)
    if (before) query = query.where(sql<SqlBool>`(created_at, id) < (${before[0]}, ${before[1]})`)
    const rows = await query.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit).execute()
    return rows.map(inviteOf)
  }

  /** @throws RESOURCE_DOES_NOT_EXIST */
  async delete(id: string): Promise<void> {
    const { numDeletedRows } = await this.#db.transaction((tx) =>
      tx.deleteFrom('invites').where('id', '=', id).executeTakeFirstOrThrow(),
    )
    if (numDeletedRows === 0n) throw missing(`Invitation '${id}' does not exist.`)
  }

  /**
   * Runs `work` and uses up the link with all other links that set the password of the same user, so that only one of several
   * concurrent requests succeeds. The links stay usable if `work` fails.
   *
   * @throws INVALID_PARAMETER_VALUE when the link is unknown, expired or used
   */
  async use<T>(secret: string, work: (invite: Invite) => Promise<T>): Promise<T> {
    const invite = await this.get(secret)
    const claimed = await this.#claim(invite)
    try {
      return await work(invite)
    } catch (error) {
      await this.#db.transaction((tx) =>
        tx.updateTable('invites').set({ used_at: null }).where('id', 'in', claimed).execute(),
      )
      throw error
    }
  }

  /** Uses the links up. @returns their ids. @throws INVALID_PARAMETER_VALUE when another request was faster */
  #claim({ id, principal_id }: Invite): Promise<string[]> {
    return this.#db.transaction(async (tx) => {
      await this.#db.dialect.lock(`invites of ${principal_id ?? id}`)?.execute(tx)
      const claimed = await tx
        .updateTable('invites')
        .set({ used_at: this.#now() })
        .where((eb) =>
          eb.or([eb('id', '=', id), ...(principal_id ? [eb('principal_id', '=', principal_id)] : [])]),
        )
        .where('used_at', 'is', null)
        .returning('id')
        .execute()
      const ids = claimed.map((row) => row.id)
      if (!ids.includes(id)) throw unusable()
      return ids
    })
  }
}

const unusable = () =>
  invalid('The link is unknown, has expired or was used already. Ask an administrator for another one.')

const inviteOf = ({ hash: _, group_ids, ...facts }: InviteRow): Invite => ({
  ...facts,
  group_ids: JSON.parse(group_ids) as string[],
})

/** Deletes the unused links that set the password of a user. */
export const deleteInvitesOf = (tx: Transaction<AuthSchema>, principalId: string) =>
  tx.deleteFrom('invites').where('principal_id', '=', principalId).where('used_at', 'is', null).execute()

/** Returns the address of the page for a link. The secret is in the fragment, which browsers send to no server. */
export const inviteUrl = (serverUrl: string, secret: string) =>
  `${serverUrl.replace(/\/$/, '')}/#/join?code=${secret}`
