import { hash, randomBytes } from 'node:crypto'
import type { Db, Transaction } from '../db/db.js'
import { ApiError, invalid } from '../errors.js'
import { Semaphore } from '../processes/semaphore.js'
import { AccessCache, noteAccessChange } from './access-cache.js'
import { deleteInvitesOf } from './invites.js'
import { checkPasswordHash, hashPassword, verifyPassword } from './password-hash.js'
import type { Caller } from './principal.js'
import type { AuthSchema } from './schema.js'
import { AttemptsInDatabase, AttemptsInMemory } from './sign-in-attempts.js'
import { SignInThrottle } from './sign-in-throttle.js'

/** Each derivation takes 32 MiB and one of libuv's four threads, which files need too. */
const CONCURRENCY = 2
const MAX_WAITING = 200
const MIN_LENGTH = 12
const MAX_LENGTH = 1024
const MAX_VERIFIED = 1_000

export interface PasswordAttempt {
  readonly name: string
  readonly password: string
  /** Address of the client. */
  readonly address: string
}

type StorePassword = (tx: Transaction<AuthSchema>, principalId: string) => Promise<unknown>

/** Passwords of users, stored as hashes in werkzeug's format. */
export class Passwords {
  readonly #db: Db<AuthSchema>
  readonly #now: () => number
  readonly #throttle: SignInThrottle
  readonly #callers: AccessCache<Caller>
  readonly #derivations = new Semaphore(CONCURRENCY)
  #waiting = 0
  /** The hash that a pair of name and password matched, by its key. MLflow's clients send the password with each request. */
  readonly #verified = new Map<string, string>()
  readonly #verifying = new Map<string, Promise<Caller | undefined>>()
  readonly #key = randomBytes(32).toString('hex')
  #unknown: Promise<string> | undefined

  constructor(db: Db<AuthSchema>, now: () => number = Date.now) {
    this.#db = db
    this.#now = now
    this.#throttle = new SignInThrottle(
      now,
      db.dialect.isShared ? new AttemptsInDatabase(db, now) : new AttemptsInMemory(now),
    )
    this.#callers = new AccessCache(db, now)
  }

  /** @throws INVALID_PARAMETER_VALUE for a weak password */
  async set(principalId: string, password: string, also?: StorePassword): Promise<void> {
    const row = await this.#db.read
      .selectFrom('principals')
      .select('name')
      .where('id', '=', principalId)
      .executeTakeFirst()
    const store = await this.prepare(row?.name ?? '', password)
    await this.#db.transaction(async (tx) => {
      await store(tx, principalId)
      await also?.(tx, principalId)
    })
    noteAccessChange(this.#db)
  }

  /**
   * Hashes a password, which takes long, to store it in a transaction later.
   *
   * @param name of the account
   * @throws INVALID_PARAMETER_VALUE for a weak password
   */
  async prepare(name: string, password: string): Promise<StorePassword> {
    checkStrength(password, name)
    const hash = await this.#derive(() => hashPassword(normal(password)))
    return (tx, principalId) => this.#store(tx, principalId, hash)
  }

  /** Stores a hash of werkzeug, such as MLflow's. @throws INVALID_PARAMETER_VALUE for another format */
  async setHash(principalId: string, hash: string): Promise<void> {
    checkPasswordHash(hash)
    await this.#db.transaction((tx) => this.#store(tx, principalId, hash))
    noteAccessChange(this.#db)
  }

  async #store(tx: Transaction<AuthSchema>, principal_id: string, hash: string) {
    const row = { hash, changed_at: this.#now() }
    await tx
      .insertInto('passwords')
      .values({ principal_id, ...row })
      .onConflict((on) => on.column('principal_id').doUpdateSet(row))
      .execute()
    await deleteInvitesOf(tx, principal_id)
  }

  async has(principalId: string): Promise<boolean> {
    return (await this.changedAt(principalId)) !== undefined
  }

  /** Returns when the password was last set; undefined without one. */
  async changedAt(principalId: string): Promise<number | undefined> {
    const row = await this.#db.read
      .selectFrom('passwords')
      .select('changed_at')
      .where('principal_id', '=', principalId)
      .executeTakeFirst()
    return row?.changed_at
  }

  /**
   * Finds the active user with this name and password; undefined if one of them is wrong. Both cases take the same time.
   *
   * @throws RESOURCE_EXHAUSTED after failed attempts for the name or from the address
   */
  verify(attempt: PasswordAttempt): Promise<Caller | undefined> | Caller {
    const key = this.#keyOf(attempt)
    const known = this.#callers.find(key)
    if (known) return known
    const running = this.#verifying.get(key)
    if (running) return running
    const verifying = this.#callers
      .load(key, () => this.#verify(key, attempt))
      .finally(() => this.#verifying.delete(key))
    this.#verifying.set(key, verifying)
    return verifying
  }

  /** Returns the caller whom `verify` found within the last second, for clients that send the password with each request. */
  remembered(attempt: Omit<PasswordAttempt, 'address'>): Caller | undefined {
    return this.#callers.find(this.#keyOf(attempt))
  }

  #keyOf({ name, password }: Omit<PasswordAttempt, 'address'>): string {
    return hash('sha256', `${this.#key}${name}\0${password}`)
  }

  async #verify(key: string, { name, password, address }: PasswordAttempt): Promise<Caller | undefined> {
    const row = await this.#find(name)
    if (row && this.#verified.get(key) === row.hash) return callerOf(row)
    if (password.length > MAX_LENGTH) return undefined
    this.#requireCapacity() // before the attempt is counted in the database
    await this.#throttle.begin(name, address)
    const hash = row?.hash ?? (await this.#unknownHash())
    const matches = await this.#derive(() => verifyPassword(normal(password), hash))
    if (!row || !matches) return undefined
    await this.#throttle.succeeded(name, address)
    if (this.#verified.size >= MAX_VERIFIED) this.#verified.clear()
    this.#verified.set(key, row.hash)
    return callerOf(row)
  }

  #find(name: string) {
    return this.#db.read
      .selectFrom('principals')
      .innerJoin('passwords', 'passwords.principal_id', 'principals.id')
      .select(['principals.id', 'principals.type', 'principals.name', 'passwords.hash'])
      .where('principals.name', '=', name)
      .where('principals.type', '=', 'user')
      .where('principals.active', '=', 1)
      .executeTakeFirst()
  }

  /** The hash against which the password of an unknown name is verified, so that it takes as long as that of a known one. */
  #unknownHash(): Promise<string> {
    this.#unknown ??= this.#derive(() => hashPassword(randomBytes(16).toString('hex')))
    return this.#unknown
  }

  #requireCapacity() {
    if (this.#waiting >= MAX_WAITING)
      throw new ApiError('TEMPORARILY_UNAVAILABLE', 'Too many people sign in at this moment. Try again.')
  }

  /** @throws TEMPORARILY_UNAVAILABLE when too many derivations wait */
  async #derive<T>(work: () => Promise<T>): Promise<T> {
    this.#requireCapacity()
    this.#waiting++
    try {
      return await this.#derivations.run(work)
    } finally {
      this.#waiting--
    }
  }
}

const callerOf = ({ id, type, name }: Caller): Caller => ({ id, type, name })

/** Returns one form for texts that look the same, because keyboards compose the same letter differently. */
const normal = (password: string) => password.normalize('NFC')

function checkStrength(password: string, name: string) {
  if (password.length < MIN_LENGTH || password.length > MAX_LENGTH)
    throw invalid(
      `The password is too ${password.length < MIN_LENGTH ? 'short' : 'long'}: use ${MIN_LENGTH} to ${MAX_LENGTH} characters.`,
    )
  const plain = password.toLowerCase()
  if (plain.includes(name.toLowerCase()) && name.length > 3)
    throw invalid('The password contains the name of the account: choose another.')
  if (new Set(plain).size < 5 || KNOWN.has(plain))
    throw invalid('The password is easy to guess: choose another.')
}

/** MLflow's default password, and other famous ones of twelve characters and more. */
const KNOWN = new Set(['password1234', 'password12345', '123456789012', 'qwertyuiop123', 'administrator'])
