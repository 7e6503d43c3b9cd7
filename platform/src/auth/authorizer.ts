import { sql } from 'kysely'
import { groupBy } from '../collections/group-by.js'
import type { Db, Transaction } from '../db/db.js'
import { idRows } from '../db/id-rows.js'
import { ApiError } from '../errors.js'
import type { Privilege, SecurableType } from '../protocol/privileges.js'
import { AccessCache } from './access-cache.js'
import { type Decision, type DefaultAccess, decide, type SecurableChain, type SecurableId } from './decide.js'
import { KINDS } from './kinds.js'
import { METASTORE } from './metastore.js'
import { ObjectAccess } from './object-access.js'
import { permissionDenied } from './permission-denied.js'
import { EVERYONE, type Principal, type PrincipalLabel } from './principal.js'
import type { AuthSchema } from './schema.js'

/** A decision as the audit log records it. */
export interface NotedDecision {
  readonly chain: SecurableChain
  readonly privileges: readonly Privilege[]
  readonly decision: Decision
}

/** Receives each decision of a request. */
export type NoteDecision = (noted: NotedDecision) => void

interface DecisionHooks {
  readonly note?: NoteDecision
  /** The error for an object that does not exist, and for one that is hidden from the principal. */
  readonly absent: () => ApiError
}

type OneOf = Privilege | readonly Privilege[]
const listOf = (privilege: OneOf) => (typeof privilege === 'string' ? [privilege] : privilege)

/** Reads the facts of decisions, also within a transaction. */
export type FactsDb = Pick<Db<AuthSchema>, 'read' | 'dialect' | 'engine'>

/** Makes all access decisions: reads the facts and decides. */
export class Authorizer {
  readonly #db: FactsDb
  readonly #now: () => number
  readonly defaults: DefaultAccess
  readonly #allowed: AccessCache<readonly NotedDecision[]>
  readonly #keys = new WeakMap<SecurableId, string>()
  readonly #names: AccessCache<ReadonlySet<string>>
  readonly metastore = METASTORE
  readonly objects: ObjectAccess

  constructor(db: FactsDb, now: () => number = Date.now, defaults: DefaultAccess = {}) {
    this.#db = db
    this.#now = now
    this.defaults = defaults
    this.#allowed = new AccessCache(db, now)
    this.objects = new ObjectAccess(db, now, { defaults, identitiesOf: (one) => this.identities(one) })
    this.#names = new AccessCache(db, now)
  }

  /** Decides with the uncommitted writes of a transaction. */
  within(tx: Transaction<AuthSchema>): Authorizer {
    const { dialect, engine } = this.#db
    return new Authorizer({ read: tx, dialect, engine }, this.#now, this.defaults)
  }

  /** Decides for filters and explanations. */
  async decide(principal: Principal, privilege: OneOf, chain: SecurableChain): Promise<Decision> {
    const [decision] = await this.decideAll(principal, privilege, [chain])
    return decision!
  }

  /** Decides about many securables with as many queries as about one, to filter lists. */
  async decideAll(
    principal: Principal,
    privilege: OneOf,
    chains: readonly SecurableChain[],
  ): Promise<Decision[]> {
    const privileges = listOf(privilege)
    const own = { identities: new Set([principal.id]), privileges, grants: [], defaults: {} }
    const quick = chains.map((chain) => decide({ ...own, chain }))
    if (quick.every((decision) => decision.allowed)) return quick
    const identities = new Set((await this.#identitiesOf(principal)).keys())
    const grants = await this.#grantsOn(chains, identities)
    const facts = { identities, privileges, defaults: this.defaults }
    return chains.map((chain) =>
      decide({ ...facts, chain, grants: chain.flatMap((one) => grants.get(one.id) ?? []) }),
    )
  }

  /** Returns the error that `require` would throw, or `undefined`. */
  async permissionDenied(
    principal: Principal,
    privilege: OneOf,
    chain: SecurableChain,
  ): Promise<ApiError | undefined> {
    const decision = await this.decide(principal, privilege, chain)
    if (decision.allowed && !chain[0].absent) return undefined
    return this.#refuse(principal, listOf(privilege), chain)
  }

  /**
   * @throws PERMISSION_DENIED with the missing privilege and who can grant it; for a chain with absent securables a
   * NOT_FOUND if the principal may know that; see `permission-denied.ts`.
   */
  async require(
    principal: Principal,
    privilege: OneOf,
    chain: SecurableChain,
    note?: NoteDecision,
  ): Promise<Decision> {
    const decision = await this.decide(principal, privilege, chain)
    note?.({ chain, privileges: listOf(privilege), decision })
    if (!decision.allowed || chain[0].absent) throw await this.#refuse(principal, listOf(privilege), chain)
    return decision
  }

  /** Requires a privilege on all objects of a kind: on the metastore, and none of them denied. @throws PERMISSION_DENIED */
  async requireEverywhere(
    principal: Principal,
    privilege: Privilege,
    type: SecurableType,
    note?: NoteDecision,
  ): Promise<void> {
    if (await this.objects.holdsEverywhere(principal, [privilege], type)) return
    await this.require(principal, privilege, this.metastore, note)
    const kind = type.replace('_', ' ')
    throw new ApiError(
      'PERMISSION_DENIED',
      `'${principal.name}' lacks ${privilege} on some ${kind}, and the request concerns every ${kind}.`,
    )
  }

  /**
   * Decides about an object in the table of securables.
   *
   * @throws PERMISSION_DENIED with the missing privilege and who can grant it, for an object that the principal may see
   */
  async requireOn(
    principal: Principal,
    privileges: readonly Privilege[],
    objects: { readonly type: SecurableType; readonly ids: readonly string[]; readonly all?: boolean },
    { note, absent }: DecisionHooks,
  ): Promise<void> {
    const { type, ids, all = false } = objects
    const decided = (
      await Promise.all(ids.map((id) => this.objects.decide(principal, privileges, type, id)))
    ).filter((one) => one !== undefined)
    if (decided.length === 0) throw absent()
    const denied = decided.filter(({ decision }) => !decision.allowed)
    const isAllowed = denied.length === 0 || (!all && denied.length < decided.length)
    for (const { chain, decision } of decided)
      if (decision.allowed === isAllowed) note?.({ chain, privileges, decision })
    if (isAllowed) return
    for (const { chain } of denied) {
      const seen = await this.objects.decide(principal, KINDS[type].visibility, type, chain[0].id)
      if (seen?.decision.allowed) throw await this.#refuse(principal, privileges, chain)
    }
    throw absent()
  }

  /**
   * Requires that the principal has the privileges that it grants.
   *
   * @throws PERMISSION_DENIED for the first privilege that the principal does not have on the securable itself
   */
  async requireGrantable(
    principal: Principal,
    privileges: Iterable<Privilege>,
    chain: SecurableChain,
  ): Promise<void> {
    for (const privilege of new Set(privileges)) {
      if (privilege === 'DENY') continue // gives nothing
      const { allowed } = await this.decide(principal, privilege, chain)
      if (allowed) continue
      const nameOf = await this.names(chain.map((one) => one.owner))
      const owners = [...new Set(chain.map((one) => `'${nameOf(one.owner)}'`))].join(' or ')
      throw new ApiError(
        'PERMISSION_DENIED',
        `'${principal.name}' lacks ${privilege} on ${chain[0].type} '${chain[0].name}' and so cannot grant it. Ask ${owners}.`,
      )
    }
  }

  /**
   * Like `requireOn`, but caches for a second what it allowed, for requests that come a thousand times a second.
   *
   * @param object the same one for all requests, so that its part of the key is built once
   */
  requireOrRemember(
    principal: Principal,
    privilege: Privilege,
    object: SecurableId,
    options: DecisionHooks,
  ): Promise<void> | void {
    const key = `${principal.id} ${privilege} ${this.#keyOf(object)}`
    const known = this.#allowed.find(key)
    if (!known) return this.#allow(key, principal, privilege, object, options)
    for (const one of known) options.note?.(one)
  }

  async #allow(
    key: string,
    principal: Principal,
    privilege: Privilege,
    { type, id }: SecurableId,
    { note, absent }: DecisionHooks,
  ): Promise<void> {
    await this.#allowed.load(key, async () => {
      const noted: NotedDecision[] = []
      const both: NoteDecision = (one) => {
        noted.push(one)
        note?.(one)
      }
      await this.requireOn(principal, [privilege], { type, ids: [id] }, { note: both, absent })
      return noted
    })
  }

  #keyOf(object: SecurableId): string {
    const known = this.#keys.get(object)
    if (known !== undefined) return known
    const key = `${object.type} ${object.id}`
    this.#keys.set(object, key)
    return key
  }

  /** Returns the ids of the principal and of all groups that contain it, also indirectly. Handles cycles. */
  async identities(principal: Principal): Promise<ReadonlySet<string>> {
    return new Set((await this.#identitiesOf(principal)).keys())
  }

  /** Returns the ids and the names of the principal and of all groups that contain it, which are cached for a second. */
  idsAndNames(principal: Principal): Promise<ReadonlySet<string>> | ReadonlySet<string> {
    const read = async () => new Set([...(await this.#identitiesOf(principal))].flat())
    return this.#names.find(principal.id) ?? this.#names.load(principal.id, read)
  }

  /** Returns a function from ids of principals to names. A deleted principal has its id as its name. */
  async names(ids: Iterable<string>): Promise<(id: string) => string> {
    const personOf = await this.#persons(ids)
    return (id) => personOf(id).name
  }

  async #persons(ids: Iterable<string>): Promise<(id: string) => PrincipalLabel> {
    const rows = await this.#db.read
      .selectFrom('principals')
      .select(['id', 'name', 'display_name'])
      .where('id', 'in', sql<string>`(select id from ${idRows(this.#db.dialect, new Set(ids))} as wanted)`)
      .execute()
    const persons = new Map(rows.map(({ id, name, display_name }) => [id, { name, display_name }]))
    return (id) => persons.get(id) ?? { name: id, display_name: id }
  }

  async #identitiesOf(principal: Principal): Promise<ReadonlyMap<string, string>> {
    const { rows } = await sql<{ id: string; name: string }>`
      with recursive identities(id) as (
        select id from principals where id in (${principal.id}, ${EVERYONE.id})
        union select group_id from group_members join identities on identities.id = group_members.member_id
      )
      select principals.id, principals.name from identities join principals on principals.id = identities.id
    `.execute(this.#db.read)
    return new Map([[principal.id, principal.name], ...rows.map((row) => [row.id, row.name] as const)])
  }

  async #grantsOn(chains: readonly SecurableChain[], identities: ReadonlySet<string>) {
    const rows = await this.#db.read
      .selectFrom('grants')
      .select(['principal_id', 'securable_type', 'securable_id', 'privilege'])
      .where('securable_id', 'in', [...new Set(chains.flat().map((one) => one.id))])
      .where('principal_id', 'in', [...identities])
      .execute()
    return groupBy(rows, (row) => row.securable_id)
  }

  async #refuse(principal: Principal, privileges: readonly Privilege[], chain: SecurableChain) {
    const identities = await this.identities(principal)
    const grants = [...(await this.#grantsOn([chain], identities)).values()].flat()
    const personOf = await this.#persons(chain.map((one) => one.owner))
    const facts = { identities, privileges, chain, grants, defaults: this.defaults }
    return permissionDenied(facts, principal, personOf)
  }
}

/** Describes in one line which grant or ownership decided, or what was missing. */
export function explain(decision: Decision, nameOf: (id: string) => string = (id) => id): string {
  if (!decision.allowed)
    return `missing ${decision.missing.map((one) => `${one.privileges.join(' or ')} on ${one.securable.name}`).join(', ')}`
  // Ownership of a catalog covers its contents, so one ownership may decide several privileges.
  const basis = decision.basis.map(
    (one) => `${one.privilege} on ${one.securable.name} (${nameOf(one.principal_id)})`,
  )
  return [...new Set(basis)].join(', ')
}
