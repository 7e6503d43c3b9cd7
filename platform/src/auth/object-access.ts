import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { idRows } from '../db/id-rows.js'
import type { Privilege, SecurableType } from '../protocol/privileges.js'
import { AccessCache } from './access-cache.js'
import type { FactsDb, NotedDecision } from './authorizer.js'
import {
  ADMINISTRATION,
  type DefaultAccess,
  decide,
  type Grant,
  type Securable,
  type SecurableChain,
} from './decide.js'
import { KINDS } from './kinds.js'
import { METASTORE } from './metastore.js'
import type { Namings } from './naming.js'
import type { Principal } from './principal.js'
import { chainOf } from './securables.js'

/** The principal and its groups, with their grants on the metastore. */
interface PrincipalGrants {
  readonly identities: ReadonlySet<string>
  readonly grants: readonly Grant[]
  /** The types of the objects that are denied to them. */
  readonly denied: ReadonlySet<SecurableType>
  /** Decisions, by type and privileges, on whether these facts give the privileges on all objects of the type. */
  readonly everywhere: Map<string, boolean>
}

interface ObjectAccessOptions {
  readonly defaults: DefaultAccess
  readonly identitiesOf: (principal: Principal) => Promise<ReadonlySet<string>>
}

/** An object with the grants on it to a principal and its groups. */
interface ObjectGrants {
  readonly chain: SecurableChain
  readonly grants: readonly Grant[]
  /** The allowed decisions by privilege, with the facts about the principal that they were made from. */
  readonly allowed: Map<Privilege, { readonly by: PrincipalGrants; readonly decided: DecidedObject }>
}

type DecidedObject = Omit<NotedDecision, 'privileges'>

/**
 * Decides about objects in the table of securables. Facts are cached for a second (`access-cache.ts`), so that neither
 * frequent requests nor those of principals with rights on the whole metastore need a query.
 */
export class ObjectAccess {
  readonly #db: FactsDb
  readonly #options: ObjectAccessOptions
  readonly #standings: AccessCache<PrincipalGrants>
  readonly #objects: AccessCache<ObjectGrants>
  readonly #namings = new Map<SecurableType, Namings>()

  constructor(db: FactsDb, now: () => number, options: ObjectAccessOptions) {
    this.#db = db
    this.#options = options
    this.#standings = new AccessCache(db, now)
    this.#objects = new AccessCache(db, now)
  }

  /** Registers how requests name objects of a kind. Called by the service that stores them. */
  name(type: SecurableType, namings: Namings): void {
    this.#namings.set(type, namings)
  }

  /** Returns how requests name objects of a kind; undefined for kinds about which the handlers decide themselves. */
  namings(type: SecurableType): Namings | undefined {
    return this.#namings.get(type)
  }

  /** Returns whether the principal has one of the privileges on the metastore, and therefore on all objects of the type. */
  holdsEverywhere(
    principal: Principal,
    privileges: readonly Privilege[],
    type: SecurableType,
  ): boolean | Promise<boolean> {
    const known = this.holdsEverywhereAtOnce(principal, privileges, type)
    if (known !== undefined) return known
    return this.#standingOf(principal).then((standing) => holdsOnAll(standing, privileges, type))
  }

  /** Like `holdsEverywhere`, but without a promise, for frequent requests; undefined unless the facts are in the cache. */
  holdsEverywhereAtOnce(
    principal: Principal,
    privileges: readonly Privilege[],
    type: SecurableType,
  ): boolean | undefined {
    if (METASTORE[0].owner === principal.id) return true
    const standing = this.#standings.find(principal.id)
    return standing && holdsOnAll(standing, privileges, type)
  }

  /** Returns whether the principal has one of the privileges on the metastore; some objects may still be denied. */
  async holdsOnMetastore(principal: Principal, privileges: readonly Privilege[]): Promise<boolean> {
    const standing = this.#standings.find(principal.id) ?? (await this.#standingOf(principal))
    return holdsOnMetastore(standing, privileges)
  }

  /** Decides about an object; undefined for one that does not exist. */
  async decide(
    principal: Principal,
    privileges: readonly Privilege[],
    type: SecurableType,
    id: string,
  ): Promise<DecidedObject | undefined> {
    const standing = this.#standings.find(principal.id) ?? (await this.#standingOf(principal))
    const key = keyOf(principal, type, id)
    const object =
      this.#objects.find(key) ??
      (await this.#objects.load(key, () => this.#objectStanding(standing.identities, type, id)))
    return object && this.#decide(standing, object, privileges)
  }

  /** Like `decide`, but without a promise, for frequent requests; undefined unless all facts are in the cache and allow it. */
  allowedAtOnce(
    principal: Principal,
    privilege: Privilege,
    type: SecurableType,
    id: string,
  ): DecidedObject | undefined {
    const standing = this.#standings.find(principal.id)
    const object = standing && this.#objects.find(keyOf(principal, type, id))
    if (!object) return undefined
    const known = object.allowed.get(privilege)
    if (known?.by === standing) return known.decided
    const decided = this.#decide(standing, object, [privilege])
    if (!decided.decision.allowed) return undefined
    object.allowed.set(privilege, { by: standing, decided })
    return decided
  }

  #decide(standing: PrincipalGrants, object: ObjectGrants, privileges: readonly Privilege[]): DecidedObject {
    const { identities } = standing
    const { defaults } = this.#options
    const grants = [...object.grants, ...standing.grants]
    const { chain } = object
    return { chain, decision: decide({ identities, privileges, chain, grants, defaults }) }
  }

  /** Returns the objects on which the principal has one of the privileges; undefined if these are all objects. */
  async allowedObjects(
    principal: Principal,
    privileges: readonly Privilege[],
    type: SecurableType,
  ): Promise<AllowedObjects | undefined> {
    if (METASTORE[0].owner === principal.id) return undefined
    const standing = this.#standings.find(principal.id) ?? (await this.#standingOf(principal))
    if (holdsOnAll(standing, privileges, type)) return undefined
    const { identities, denied } = standing
    return new AllowedObjects(this.#db, {
      ...{ type, privileges, identities },
      hasDenied: denied.has(type),
      byDefault: privileges.some((one) => this.#options.defaults[type]?.includes(one)),
      onMetastore: holdsOnMetastore(standing, privileges),
    })
  }

  #standingOf(principal: Principal): Promise<PrincipalGrants> {
    return this.#standings.load(principal.id, async () => {
      const identities = await this.#options.identitiesOf(principal)
      const grants = await this.#grantsOn(METASTORE[0], identities)
      return { identities, grants, denied: await this.#deniedTypes(identities), everywhere: new Map() }
    })
  }

  async #deniedTypes(identities: ReadonlySet<string>): Promise<ReadonlySet<SecurableType>> {
    const rows = await this.#db.read
      .selectFrom('grants')
      .select('securable_type')
      .distinct()
      .where('principal_id', 'in', [...identities])
      .where('privilege', '=', sql.lit('DENY')) // not bound, for the index
      .execute()
    return new Set(rows.map(({ securable_type }) => securable_type))
  }

  async #objectStanding(
    identities: ReadonlySet<string>,
    type: SecurableType,
    id: string,
  ): Promise<ObjectGrants | undefined> {
    const chain = await chainOf(this.#db, type, id)
    if (!chain) return undefined
    const own = chain.filter((one) => one !== METASTORE[0])
    const grants = await Promise.all(own.map((one) => this.#grantsOn(one, identities)))
    return { chain, grants: grants.flat(), allowed: new Map() }
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

const keyOf = (principal: Principal, type: SecurableType, id: string) => `${principal.id} ${type} ${id}`

const holdsOnMetastore = (
  { identities, grants }: Pick<PrincipalGrants, 'identities' | 'grants'>,
  privileges: readonly Privilege[],
) => decide({ identities, grants, privileges, chain: METASTORE, defaults: {} }).allowed

function holdsOnAll(
  standing: PrincipalGrants,
  privileges: readonly Privilege[],
  type: SecurableType,
): boolean {
  const key = `${type} ${privileges.join()}`
  const held = standing.everywhere.get(key) ?? decideOnAll(standing, privileges, type)
  standing.everywhere.set(key, held)
  return held
}

function decideOnAll(
  standing: PrincipalGrants,
  privileges: readonly Privilege[],
  type: SecurableType,
): boolean {
  if (!standing.denied.has(type)) return holdsOnMetastore(standing, privileges)
  const grants = standing.grants.filter(({ privilege }) => ADMINISTRATION.includes(privilege))
  return holdsOnMetastore({ ...standing, grants }, privileges)
}

interface AllowedObjectsOptions {
  readonly type: SecurableType
  readonly privileges: readonly Privilege[]
  readonly identities: ReadonlySet<string>
  /** True if some objects are denied. */
  readonly hasDenied: boolean
  /** True if a privilege is held by default on objects without a grant to the principal. */
  readonly byDefault: boolean
  /** True if a privilege is held on all objects that are not denied. */
  readonly onMetastore: boolean
}

/** Filters lists by one SQL condition instead of a decision per object. Equals `decide` for objects below the metastore. */
export class AllowedObjects {
  readonly #db: FactsDb
  readonly #options: AllowedObjectsOptions
  readonly #privileges: readonly Privilege[]
  readonly #identities: readonly string[]

  constructor(db: FactsDb, options: AllowedObjectsOptions) {
    const { privileges } = options
    this.#db = db
    this.#options = options
    this.#privileges = privileges.some((one) => one !== 'MANAGE')
      ? [...privileges, 'ALL PRIVILEGES']
      : privileges
    this.#identities = [...options.identities]
  }

  /** Matches rows whose column has the id of such an object. */
  has(column: string | RawBuilder<unknown>): RawBuilder<SqlBool> {
    const type = KINDS[this.#options.type].idType ?? 'text'
    const cast = (id: string) => sql`cast(${sql.ref(id)} as ${sql.raw(type)})`
    return this.#condition(typeof column === 'string' ? sql.ref(column) : column, cast)
  }

  /** Matches rows whose text column has the id of such an object. */
  hasId(column: string): RawBuilder<SqlBool> {
    return this.#condition(sql.ref(column), sql.ref)
  }

  /** Matches rows whose column has the name of such an object, for kinds with unique names. */
  hasName(column: string): RawBuilder<SqlBool> {
    return sql<SqlBool>`${sql.ref(column)} in (select name from securables
      where type = ${this.#options.type} and ${this.#condition(sql.ref('securables.id'), sql.ref)})`
  }

  /** Returns the `ids` of existing objects of the type. */
  async among(ids: readonly string[]): Promise<ReadonlySet<string>> {
    if (ids.length === 0) return new Set()
    const { rows } = await sql<{
      id: string
    }>`select wanted.id from ${idRows(this.#db.dialect, new Set(ids))} as wanted
      where ${this.#condition(sql.ref('wanted.id'), sql.ref)} and exists
        (select 1 from securables as entry where entry.type = ${this.#options.type} and entry.id = wanted.id)`.execute(
      this.#db.read,
    )
    return new Set(rows.map(({ id }) => id))
  }

  /** Builds the condition. Its subqueries read only objects and grants of the principal, so that others do not slow it down. */
  #condition(id: RawBuilder<unknown>, select: (column: string) => RawBuilder<unknown>): RawBuilder<SqlBool> {
    const { type, hasDenied, byDefault, onMetastore } = this.#options
    const identities = sql.join(this.#identities)
    const grants = sql`select ${select('grants.securable_id')} from grants
      where grants.securable_type = ${type} and grants.principal_id in (${identities})`
    const denied = sql`(${grants} and grants.privilege = 'DENY')`
    const notDenied = hasDenied
      ? sql`and grants.securable_id not in (select securable_id from grants
      where securable_type = ${type} and principal_id in (${identities}) and privilege = 'DENY')`
      : sql``
    const own = sql`${id} in (select ${select('securables.id')} from securables
        where securables.type = ${type} and securables.owner in (${identities})
      union all ${grants} and grants.privilege in (${sql.join(this.#privileges)}) ${notDenied})`
    if (!onMetastore && !byDefault) return sql<SqlBool>`${own}`
    const excluded = onMetastore ? denied : sql`(${grants})`
    return sql<SqlBool>`(${own} or (${id} is not null and ${id} not in ${excluded}))`
  }
}
