import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { type SqlBool, sql } from 'kysely'
import type { Db, Transaction } from '../db/db.js'
import { invalid, missing } from '../errors.js'
import { AccessCache, noteAccessChange } from './access-cache.js'
import type { Caller } from './principal.js'
import type { AuthSchema, TokenRow } from './schema.js'

export const hashSecret = (secret: string) => createHash('sha256').update(secret).digest('hex')

const NOTE_USE_AFTER_MS = 60_000
const MAX_LISTED = 1_000

export interface TokenInfo {
  readonly id: string
  readonly label: string
  readonly created_at: number
  readonly expires_at: number | null
  /** The time of the last use to the minute; null for a token that was never used. */
  readonly used_at: number | null
  /** Without scopes the token has all rights of the principal. */
  readonly scopes?: readonly string[]
}

export interface TokenOptions {
  /** The lifetime. Without it the token does not expire. */
  readonly seconds?: number | undefined
  /** Without scopes the token has all rights of the principal. */
  readonly scopes?: readonly string[] | undefined
  /** `attempt`: for the code of a task. */
  readonly purpose?: 'attempt'
}

export interface Rotation {
  /** The lifetime of the new token. Without it the token does not expire. */
  readonly seconds: number | undefined
  /** How long the old token stays valid. */
  readonly graceSeconds: number
  /** The effect of a lifetime that is longer than that of the old token. */
  readonly longer: 'allow' | 'refuse' | 'shorten'
}

interface TokenPage {
  readonly id?: string
  /** The default is the tokens of all principals. */
  readonly principalId?: string
  /** The last token of the previous page. */
  readonly before?: readonly [created_at: number, id: string] | undefined
  readonly limit?: number
}

export interface OwnedToken extends TokenInfo {
  readonly principal_id: string
  /** The owner's name. */
  readonly owner: string
}

/** Stores access tokens: 256 random bits, of which only the hash is stored, so that the database does not reveal them. */
export class Tokens {
  readonly #db: Db<AuthSchema>
  readonly #now: () => number
  readonly #recent: AccessCache<Caller>

  constructor(db: Db<AuthSchema>, now: () => number = Date.now) {
    this.#db = db
    this.#now = now
    this.#recent = new AccessCache(db, now)
  }

  /** Creates a token. @returns the secret, which is not stored */
  async issue(
    principalId: string,
    label: string,
    { seconds, scopes, purpose }: TokenOptions = {},
  ): Promise<{ secret: string; token: TokenInfo }> {
    const secret = newSecret()
    const created_at = this.#now()
    const expires_at = seconds === undefined ? null : created_at + seconds * 1000
    const facts = { id: randomUUID(), label, created_at, expires_at, used_at: null }
    const row = {
      ...{ ...facts, principal_id: principalId, hash: hashSecret(secret), revoked_at: null, family: null },
      scopes: scopes ? JSON.stringify(scopes) : null,
      purpose: purpose ?? null,
    }
    await this.#db.transaction((tx) => tx.insertInto('tokens').values(row).execute())
    return { secret, token: withScopes(row, facts) }
  }

  /** Stores a secret that was generated elsewhere. Does nothing for a known secret, even if it is revoked. */
  async ensure(
    principalId: string,
    label: string,
    secret: string,
    scopes?: TokenOptions['scopes'],
  ): Promise<void> {
    const row = {
      ...{ id: randomUUID(), principal_id: principalId, label, hash: hashSecret(secret) },
      ...{ created_at: this.#now(), expires_at: null, revoked_at: null },
      scopes: scopes ? JSON.stringify(scopes) : null,
      ...{ used_at: null, family: null, purpose: null },
    }
    await this.#db.transaction((tx) =>
      tx
        .insertInto('tokens')
        .values(row)
        .onConflict((conflict) => conflict.column('hash').doNothing())
        .execute(),
    )
  }

  /** Finds the active principal of a valid secret. Expiry and changes by other processes take effect up to a second late. */
  findPrincipal(secret: string): Promise<Caller | undefined> | Caller {
    return this.#recent.find(secret) ?? this.#recent.load(secret, () => this.#selectPrincipal(secret))
  }

  async #selectPrincipal(secret: string): Promise<Caller | undefined> {
    const row = await this.#db.read
      .selectFrom('tokens')
      .innerJoin('principals', 'principals.id', 'tokens.principal_id')
      .select(['principals.id', 'principals.type', 'principals.name', 'tokens.scopes'])
      .select(['tokens.id as token', 'tokens.used_at'])
      .where('tokens.hash', '=', hashSecret(secret))
      .where('tokens.revoked_at', 'is', null)
      .where('principals.active', '=', 1)
      .where((eb) => eb.or([eb('tokens.expires_at', 'is', null), eb('tokens.expires_at', '>', this.#now())]))
      .executeTakeFirst()
    if (row) this.#noteUse(row.token, row.used_at)
    return row && withScopes(row, { id: row.id, type: row.type, name: row.name, token: row.token })
  }

  /** Records the use of a token, at most once a minute and without delaying the request. */
  #noteUse(id: string, used_at: number | null) {
    const now = this.#now()
    if (used_at !== null && now - used_at < NOTE_USE_AFTER_MS) return
    this.#db
      .transaction((tx) => tx.updateTable('tokens').set({ used_at: now }).where('id', '=', id).execute())
      .catch(() => undefined) // the next request records it
  }

  /** Finds the purpose of a token: null for that of a person or a program, undefined for an unknown token. */
  async findPurpose(id: string): Promise<TokenRow['purpose'] | undefined> {
    const row = await this.#db.read
      .selectFrom('tokens')
      .select('purpose')
      .where('id', '=', id)
      .executeTakeFirst()
    return row?.purpose
  }

  /** Returns whether a token is still valid, for credentials that were issued to its holder. */
  async isAlive(id: string): Promise<boolean> {
    const row = await this.#db.read
      .selectFrom('tokens')
      .select('id')
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', this.#now())]))
      .executeTakeFirst()
    return row !== undefined
  }

  /**
   * Replaces a token by one with the same label and scopes. The old one stays valid for a while. Both are revoked together.
   *
   * @throws INVALID_PARAMETER_VALUE for a longer lifetime than that of the old token, if `longer` is `refuse`
   */
  async rotate(
    id: string,
    { seconds, graceSeconds, longer }: Rotation,
  ): Promise<{ secret: string; token: TokenInfo }> {
    const secret = newSecret()
    const created_at = this.#now()
    const graceEnd = created_at + graceSeconds * 1000
    const owner = await this.findOwner(id)
    const row = await this.#db.transaction(async (tx) => {
      await this.#lock(tx, owner)
      const old = await tx
        .selectFrom('tokens')
        .selectAll()
        .where('id', '=', id)
        .where('revoked_at', 'is', null)
        .executeTakeFirst()
      if (!old) throw missing(`Token '${id}' does not exist.`)
      const lifetime = longer === 'allow' ? seconds : lifetimeWithin(old, seconds, longer)
      const family = old.family ?? old.id
      const expires_at = Math.min(old.expires_at ?? graceEnd, graceEnd)
      await tx.updateTable('tokens').set({ family, expires_at }).where('id', '=', id).execute()
      const next: TokenRow = {
        ...{ ...old, id: randomUUID(), hash: hashSecret(secret), family, created_at, used_at: null },
        expires_at: lifetime === undefined ? null : created_at + lifetime * 1000,
      }
      await tx.insertInto('tokens').values(next).execute()
      return next
    })
    noteAccessChange(this.#db)
    const { label, expires_at, used_at } = row
    return { secret, token: withScopes(row, { id: row.id, label, created_at, expires_at, used_at }) }
  }

  /** Serialises replacements and revocations, so that no replacement survives the revocation of its family. */
  async #lock(tx: Transaction<AuthSchema>, principalId = ''): Promise<void> {
    await this.#db.dialect.lock(`tokens:${principalId}`)?.execute(tx)
  }

  /** Lists the tokens that are not revoked, the newest first. */
  async list({ id, principalId, before, limit = MAX_LISTED }: TokenPage = {}): Promise<OwnedToken[]> {
    let query = this.#db.read
      .selectFrom('tokens')
      .select(['id', 'label', 'created_at', 'expires_at', 'used_at', 'principal_id', 'scopes'])
      // Not a join: planners would begin with the principals.
      .select((eb) =>
        eb
          .selectFrom('principals')
          .select('principals.name')
          .whereRef('principals.id', '=', 'tokens.principal_id')
          .$asScalar()
          .$notNull()
          .as('owner'),
      )
      .where('revoked_at', 'is', null)
    if (id !== undefined) query = query.where('id', '=', id)
    if (principalId !== undefined) query = query.where('principal_id', '=', principalId)
    if (before) query = query.where(sql<SqlBool>`(created_at, id) < (${before[0]}, ${before[1]})`)
    const newest = query.orderBy('created_at', 'desc').orderBy('id', 'desc')
    const rows = await newest.limit(limit).execute()
    return rows.map(({ scopes, ...facts }) => withScopes({ scopes }, facts))
  }

  /** Returns whether a principal has a valid token without scopes that was not issued for a task. */
  async hasUnlimited(principalId: string): Promise<boolean> {
    const row = await this.#db.read
      .selectFrom('tokens')
      .select('id')
      .where('principal_id', '=', principalId)
      .where('revoked_at', 'is', null)
      .where('scopes', 'is', null)
      .where('purpose', 'is', null)
      .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', this.#now())]))
      .limit(1)
      .executeTakeFirst()
    return row !== undefined
  }

  /** Finds the principal id of a token's owner; undefined if the token does not exist or is revoked. */
  async findOwner(id: string): Promise<string | undefined> {
    const row = await this.#db.read
      .selectFrom('tokens')
      .select('principal_id')
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .executeTakeFirst()
    return row?.principal_id
  }

  /** Revokes a token, with the tokens that replaced it or that it replaced. @throws RESOURCE_DOES_NOT_EXIST */
  async revoke(principalId: string, id: string): Promise<void> {
    const { numUpdatedRows } = await this.#db.transaction(async (tx) => {
      await this.#lock(tx, principalId)
      return tx
        .updateTable('tokens')
        .set({ revoked_at: this.#now() })
        .where((eb) =>
          eb.or([
            eb('id', '=', id),
            eb('family', '=', eb.selectFrom('tokens').select('family').where('id', '=', id)),
          ]),
        )
        .where('principal_id', '=', principalId)
        .where('revoked_at', 'is', null)
        .executeTakeFirstOrThrow()
    })
    if (numUpdatedRows === 0n) throw missing(`Token '${id}' does not exist.`)
    noteAccessChange(this.#db)
  }
}

/** Returns the lifetime of a token that replaces `old`: at most that of `old`, so that a leaked token does not gain time. */
function lifetimeWithin(
  old: TokenRow,
  seconds: number | undefined,
  longer: 'refuse' | 'shorten',
): number | undefined {
  if (old.expires_at === null) return seconds
  const own = Math.floor((old.expires_at - old.created_at) / 1000)
  if (seconds !== undefined && seconds <= own) return seconds
  if (longer === 'shorten') return own
  throw invalid(
    `'lifetime_seconds' is more than the ${own} seconds of the token that it replaces: ask a principal with MANAGE IDENTITIES for a token.`,
  )
}

const newSecret = () => `cairn_${randomBytes(32).toString('base64url')}`

const withScopes = <Facts>({ scopes }: { readonly scopes: string | null }, facts: Facts) =>
  scopes === null ? facts : { ...facts, scopes: JSON.parse(scopes) as readonly string[] }
