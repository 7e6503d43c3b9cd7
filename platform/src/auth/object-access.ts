import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Db } from '../db/db.js'
import { idRows } from '../db/id-rows.js'
import type { Privilege, SecurableType } from '../protocol/privileges.js'
import { AccessCache } from './access-cache.js'
import { type Decision, decide, type Grant, type Securable, type SecurableChain } from './decide.js'
import { KINDS } from './kinds.js'
import { METASTORE } from './metastore.js'
import type { Namings } from './naming.js'
import type { Principal } from './principal.js'
import type { AuthSchema } from './schema.js'

/** The principal and its groups, with their grants on the metastore. */
interface Standing {
  readonly identities: ReadonlySet<string>
  readonly grants: readonly Grant[]
}

/** An object with the grants on it to a principal and its groups. */
interface ObjectStanding {
  readonly chain: SecurableChain
  readonly grants: readonly Grant[]
}

/**
 * Decides about objects in the table of securables. Facts are remembered for a second, so that neither frequent requests
 * nor those of principals with rights on the whole metastore need a query (`access-cache.ts`).
 */
export class ObjectAccess {
  readonly #db: Db<AuthSchema>
  readonly #identitiesOf: (principal: Principal) => Promise<ReadonlySet<string>>
  readonly #standings: AccessCache<Standing>
  readonly #objects: AccessCache<ObjectStanding>
  readonly #namings = new Map<SecurableType, Namings>()

  constructor(
    db: Db<AuthSchema>,
    now: () => number,
    identitiesOf: (principal: Principal) => Promise<ReadonlySet<string>>,
  ) {
    this.#db = db
    this.#identitiesOf = identitiesOf
    this.#standings = new AccessCache(db, now)
    this.#objects = new AccessCache(db, now)
  }

  /** Tells how requests name objects of a kind. Called by the service that has them. */
  name(type: SecurableType, namings: Namings): void {
    this.#namings.set(type, namings)
  }

  /** Undefined for kinds about which the handlers decide themselves. */
  namings(type: SecurableType): Namings | undefined {
    return this.#namings.get(type)
  }

  /** Whether the principal has one of the privileges on the metastore, and so on all objects. */
  holdsEverywhere(principal: Principal, privileges: readonly Privilege[]): boolean | Promise<boolean> {
    if (METASTORE[0].owner === principal.id) return true
    const held = ({ identities, grants }: Standing) =>
      decide({ identities, grants, privileges, chain: METASTORE }).allowed
    const standing = this.#standings.find(principal.id)
    return standing ? held(standing) : this.#standingOf(principal).then(held)
  }

  /** Undefined for an object that does not exist. */
  async decide(
    principal: Principal,
    privileges: readonly Privilege[],
    type: SecurableType,
    id: string,
  ): Promise<{ readonly decision: Decision; readonly chain: SecurableChain } | undefined> {
    const standing = this.#standings.find(principal.id) ?? (await this.#standingOf(principal))
    const key = `${principal.id} ${type} ${id}`
    const object =
      this.#objects.find(key) ??
      (await this.#objects.load(key, () => this.#objectStanding(standing.identities, type, id)))
    if (!object) return undefined
    const grants = [...object.grants, ...standing.grants]
    const { chain } = object
    return { chain, decision: decide({ identities: standing.identities, privileges, chain, grants }) }
  }

  /** The objects on which the principal has one of the privileges; undefined for all. */
  async allowedObjects(
    principal: Principal,
    privileges: readonly Privilege[],
    type: SecurableType,
  ): Promise<AllowedObjects | undefined> {
    if (await this.holdsEverywhere(principal, privileges)) return undefined
    const { identities } = this.#standings.find(principal.id) ?? (await this.#standingOf(principal))
    return new AllowedObjects(this.#db, type, privileges, identities)
  }

  #standingOf(principal: Principal): Promise<Standing> {
    return this.#standings.load(principal.id, async () => {
      const identities = await this.#identitiesOf(principal)
      return { identities, grants: await this.#grantsOn(METASTORE[0], identities) }
    })
  }

  async #objectStanding(
    identities: ReadonlySet<string>,
    type: SecurableType,
    id: string,
  ): Promise<ObjectStanding | undefined> {
    const row = await this.#db.read
      .selectFrom('securables')
      .select(['name', 'owner'])
      .where('type', '=', type)
      .where('id', '=', id)
      .executeTakeFirst()
    if (!row) return undefined
    const securable: Securable = { type, id, ...row }
    return { chain: [securable, ...METASTORE], grants: await this.#grantsOn(securable, identities) }
  }

  #grantsOn({ type, id }: Securable, identities: ReadonlySet<string>): Promise<Grant[]> {
    return this.#db.read
      .selectFrom('grants')
      .select(['principal_id', 'securable_type', 'securable_id', 'privilege'])
      .where('securable_type', '=', type)
      .where('securable_id', '=', id)
      .where('principal_id', 'in', [...identities])
      .execute()
  }
}

/** A filter of lists: one SQL condition instead of a decision per object. Equals `decide` for objects below the metastore. */
export class AllowedObjects {
  readonly #db: Db<AuthSchema>
  readonly #type: SecurableType
  readonly #privileges: readonly Privilege[]
  readonly #identities: readonly string[]

  constructor(
    db: Db<AuthSchema>,
    type: SecurableType,
    privileges: readonly Privilege[],
    identities: ReadonlySet<string>,
  ) {
    this.#db = db
    this.#type = type
    this.#privileges = privileges.some((one) => one !== 'MANAGE')
      ? [...privileges, 'ALL PRIVILEGES']
      : privileges
    this.#identities = [...identities]
  }

  /** Matches rows whose column has the id of such an object. */
  has(column: string | RawBuilder<unknown>): RawBuilder<SqlBool> {
    const type = KINDS[this.#type].idType ?? 'text'
    const cast = (id: string) => sql`cast(${sql.ref(id)} as ${sql.raw(type)})`
    const value = typeof column === 'string' ? sql.ref(column) : column
    return sql<SqlBool>`${value} in (${this.#ids(cast)})`
  }

  /** Matches rows whose column has the name of such an object, for kinds with unique names. */
  hasName(column: string): RawBuilder<SqlBool> {
    return sql<SqlBool>`${sql.ref(column)} in (select name from securables
      where type = ${this.#type} and id in (${this.#ids(sql.ref)}))`
  }

  /** Those of `ids` that are such objects. */
  async among(ids: readonly string[]): Promise<ReadonlySet<string>> {
    if (ids.length === 0) return new Set()
    const { rows } = await sql<{
      id: string
    }>`select wanted.id from ${idRows(this.#db.dialect, new Set(ids))} as wanted
      where wanted.id in (${this.#ids(sql.ref)})`.execute(this.#db.read)
    return new Set(rows.map(({ id }) => id))
  }

  #ids(select: (column: string) => RawBuilder<unknown>) {
    const identities = sql.join(this.#identities)
    return sql`select ${select('securables.id')} from securables
        where securables.type = ${this.#type} and securables.owner in (${identities})
      union all select ${select('grants.securable_id')} from grants
        where grants.securable_type = ${this.#type} and grants.principal_id in (${identities})
        and grants.privilege in (${sql.join(this.#privileges)})`
  }
}
