import { randomBytes, randomUUID } from 'node:crypto'
import type { Db, Transaction } from '../db/db.js'
import { missing } from '../errors.js'
import { AccessCache, noteAccessChange } from './access-cache.js'
import type { Caller } from './principal.js'
import type { AuthSchema, SessionRow } from './schema.js'
import { hashSecret } from './tokens.js'

/** Distinguishes secrets of sessions from tokens. */
export const SESSION_PREFIX = 'cairns_'
const ROTATE_AFTER_MS = 3_600_000
/** The time for which the old secret is accepted, because requests sent before the client received the new one still arrive. */
const OVERLAP_MS = 60_000
const NOTE_USE_AFTER_MS = 60_000

export interface SessionLimits {
  /** A session ends after this time without a request. */
  readonly idleSeconds: number
  /** A session ends after this time in any case. */
  readonly lifetimeSeconds: number
}

export interface NewSession {
  readonly principalId: string
  readonly method: SessionRow['method']
  readonly address: string
  readonly userAgent: string
  readonly tokenId?: string | undefined
  readonly idToken?: string | undefined
}

export type SessionInfo = Pick<
  SessionRow,
  'id' | 'method' | 'address' | 'user_agent' | 'created_at' | 'used_at' | 'expires_at'
>

export interface EndedSession {
  readonly method: SessionRow['method']
  readonly idToken: string | undefined
}

interface FoundSession {
  readonly caller: Caller
  readonly isRotationDue: boolean
}

/** Stores the sessions of browsers. A cookie has the secret, 256 random bits, of which only the hash is stored. */
export class Sessions {
  readonly limits: SessionLimits
  readonly #db: Db<AuthSchema>
  readonly #now: () => number
  readonly #recent: AccessCache<FoundSession>

  constructor(db: Db<AuthSchema>, limits: SessionLimits, now: () => number = Date.now) {
    this.limits = limits
    this.#db = db
    this.#now = now
    this.#recent = new AccessCache(db, now)
  }

  /** Starts a session. @returns the secret, which is not stored */
  async create({ principalId, method, address, userAgent, tokenId, idToken }: NewSession) {
    const secret = newSecret()
    const now = this.#now()
    const expires_at = now + this.limits.lifetimeSeconds * 1000
    const row: SessionRow = {
      ...{ id: randomUUID(), principal_id: principalId, hash: hashSecret(secret) },
      ...{ previous_hash: null, previous_until: null, method },
      ...{ token_id: tokenId ?? null, id_token: idToken ?? null },
      ...{ address, user_agent: userAgent.slice(0, 500) },
      ...{ created_at: now, used_at: now, rotated_at: now, expires_at },
    }
    await this.#db.transaction(async (tx) => {
      await tx
        .deleteFrom('sessions')
        .where((eb) =>
          eb.or([eb('expires_at', '<=', now), eb('used_at', '<=', now - this.limits.idleSeconds * 1000)]),
        )
        .execute()
      await tx.insertInto('sessions').values(row).execute()
    })
    return { secret, id: row.id }
  }

  /** Finds the session of a secret; undefined if it is unknown, ended or expired, or the principal is inactive. */
  find(secret: string): Promise<FoundSession | undefined> | FoundSession {
    return this.#recent.find(secret) ?? this.#recent.load(secret, () => this.#select(secret))
  }

  /** Finds the caller of a session that was found before, because its secret may have been rotated meanwhile. */
  async findById(id: string): Promise<Caller | undefined> {
    const row = await this.#alive().where('sessions.id', '=', id).executeTakeFirst()
    return row && callerOf(row)
  }

  async #select(secret: string): Promise<FoundSession | undefined> {
    const hash = hashSecret(secret)
    const now = this.#now()
    const row = await this.#alive()
      .where((eb) => eb.or([eb('sessions.hash', '=', hash), eb('sessions.previous_hash', '=', hash)]))
      .executeTakeFirst()
    if (!row) return undefined
    const isCurrent = row.hash === hash
    if (!isCurrent && row.previous_until !== null && row.previous_until <= now) return undefined
    this.#noteUse(row, isCurrent)
    const age = now - row.rotated_at
    return { caller: callerOf(row), isRotationDue: age >= (isCurrent ? ROTATE_AFTER_MS : OVERLAP_MS) }
  }

  #alive() {
    const now = this.#now()
    return this.#db.read
      .selectFrom('sessions')
      .innerJoin('principals', 'principals.id', 'sessions.principal_id')
      .leftJoin('tokens', 'tokens.id', 'sessions.token_id')
      .select(['principals.id', 'principals.type', 'principals.name', 'tokens.scopes'])
      .select(['sessions.id as session', 'sessions.hash', 'sessions.previous_hash'])
      .select(['sessions.previous_until', 'sessions.used_at', 'sessions.rotated_at'])
      .select(['sessions.token_id as token'])
      .where('principals.active', '=', 1)
      .where('sessions.expires_at', '>', now)
      .where('sessions.used_at', '>', now - this.limits.idleSeconds * 1000)
      .where('tokens.revoked_at', 'is', null)
      .where((eb) => eb.or([eb('tokens.expires_at', 'is', null), eb('tokens.expires_at', '>', now)]))
  }

  /** Records the use of a session, at most once a minute and without delaying the request. */
  #noteUse(
    row: Pick<SessionRow, 'used_at' | 'previous_hash' | 'previous_until'> & { session: string },
    isCurrent: boolean,
  ) {
    const now = this.#now()
    const isConfirmed = isCurrent && row.previous_hash !== null && row.previous_until === null
    if (!isConfirmed && now - row.used_at < NOTE_USE_AFTER_MS) return
    const set = { used_at: now, ...(isConfirmed && { previous_until: now + OVERLAP_MS }) }
    this.#db
      .transaction((tx) => tx.updateTable('sessions').set(set).where('id', '=', row.session).execute())
      .catch(() => undefined) // the next request records it
  }

  /**
   * Replaces the secret. The old one is accepted until the new one was used, so that a lost response ends no session.
   *
   * @returns the new secret; undefined if another request has just replaced it
   */
  async rotate(secret: string): Promise<string | undefined> {
    const old = hashSecret(secret)
    const now = this.#now()
    const next = newSecret()
    const set = { hash: hashSecret(next), previous_hash: old, previous_until: null, rotated_at: now }
    const { numUpdatedRows } = await this.#db.transaction((tx) =>
      tx
        .updateTable('sessions')
        .set(set)
        .where((eb) => eb.or([eb('hash', '=', old), eb('previous_hash', '=', old)]))
        .where('rotated_at', '<=', now - OVERLAP_MS)
        .executeTakeFirstOrThrow(),
    )
    noteAccessChange(this.#db)
    return numUpdatedRows > 0n ? next : undefined
  }

  /** Lists the sessions of a principal, the last used first. */
  list(principalId: string): Promise<SessionInfo[]> {
    const now = this.#now()
    return this.#db.read
      .selectFrom('sessions')
      .select(['id', 'method', 'address', 'user_agent', 'created_at', 'used_at', 'expires_at'])
      .where('principal_id', '=', principalId)
      .where('expires_at', '>', now)
      .where('used_at', '>', now - this.limits.idleSeconds * 1000)
      .orderBy('used_at', 'desc')
      .execute()
  }

  /** @throws RESOURCE_DOES_NOT_EXIST */
  async end(principalId: string, id: string): Promise<EndedSession> {
    const row = await this.#db.transaction(async (tx) => {
      const session = tx.deleteFrom('sessions').where('id', '=', id).where('principal_id', '=', principalId)
      return session.returning(['method', 'id_token']).executeTakeFirst()
    })
    noteAccessChange(this.#db)
    if (!row) throw missing(`Session '${id}' does not exist.`)
    return { method: row.method, idToken: row.id_token ?? undefined }
  }

  /** Ends all sessions of a principal, except one. */
  async endAll(principalId: string, exceptId = ''): Promise<void> {
    await this.#db.transaction((tx) => endSessionsIn(tx, principalId, exceptId))
    noteAccessChange(this.#db)
  }
}

export const endSessionsIn = (tx: Transaction<AuthSchema>, principalId: string, exceptId = '') =>
  tx.deleteFrom('sessions').where('principal_id', '=', principalId).where('id', '!=', exceptId).execute()

const newSecret = () => SESSION_PREFIX + randomBytes(32).toString('base64url')

type AliveRow = Pick<Caller, 'id' | 'type' | 'name'> & {
  readonly scopes: string | null
  readonly session: string
  readonly token: string | null
}

const callerOf = ({ id, type, name, scopes, session, token }: AliveRow): Caller => ({
  ...{ id, type, name, session },
  ...(token !== null && { token }),
  ...(scopes !== null && { scopes: JSON.parse(scopes) as readonly string[] }),
})
