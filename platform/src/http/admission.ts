import type { FastifyRequest } from 'fastify'
import type { NamedObject } from '../audit/event.js'
import type { Authorizer, NotedDecision } from '../auth/authorizer.js'
import { KINDS } from '../auth/kinds.js'
import { type NamedPlace, namedPlaces, namesAt, withNames } from '../auth/named-objects.js'
import type { Naming, Namings } from '../auth/naming.js'
import type { ObjectRight, Operation } from '../protocol/operation.js'
import { trailOf } from './plugins/audit.js'

/** The largest number of names that are recorded, because an audit event has at most ten objects. */
const MAX_NOTED = 10
/** The longest name that an object can have. */
const MAX_NAME_LENGTH = 1_000

/** Decides about the objects that inputs name, so that no handler can forget to. */
export class Admission {
  readonly #authorizer: Authorizer
  readonly #places = new WeakMap<Operation, readonly NamedPlace[]>()

  constructor(authorizer: Authorizer) {
    this.#authorizer = authorizer
  }

  /**
   * Decides the right of an operation on the objects that its input names.
   *
   * @returns the input. In searched lists, a name that no object has replaces the names of hidden objects. Ids replace names
   * where handlers accept ids
   * @throws the error of an absent object, also for a hidden one; PERMISSION_DENIED
   */
  admit<In>(op: Operation, input: In, request: FastifyRequest): Promise<In> | In {
    const { right } = op
    if (typeof right === 'string') return input
    if (!KINDS[right.on].isNamed) return input // the handler decides
    const namings = this.#authorizer.objects.namings(right.on)
    const places = namings ? this.#placesOf(op, right, namings) : []
    const isAllowedAtOnce = !isCommitted(request) && this.#isAllowedAtOnce(places, input, right, request)
    return isAllowedAtOnce ? input : this.#decide(places, input, right, request)
  }

  /** Decides without promises, which cost more than the decision, if all facts are in the cache, as for most requests. */
  #isAllowedAtOnce(
    places: readonly NamedPlace[],
    input: unknown,
    right: ObjectRight,
    request: FastifyRequest,
  ): boolean {
    const { objects } = this.#authorizer
    const isEverywhere = objects.holdsEverywhereAtOnce(request.principal, privilegesOf(right), right.on)
    if (isEverywhere === undefined) return false
    const decided = isEverywhere ? [] : this.#rememberedDecisions(places, input, right, request)
    if (!decided) return false
    for (const { naming, path } of places) noteNames(naming, namesAt(input, path), right, request)
    for (const one of decided) request.noteDecision(one)
    request.decided = true
    return true
  }

  /** Returns the decisions; undefined unless all objects of the input are in the cache and allowed. */
  #rememberedDecisions(
    places: readonly NamedPlace[],
    input: unknown,
    right: ObjectRight,
    { principal }: FastifyRequest,
  ): readonly NotedDecision[] | undefined {
    if (right.orEverywhere) return undefined
    const decided: NotedDecision[] = []
    for (const place of places) {
      const names = namesAt(input, place.path)
      if (names.length === 0) continue
      const id = names.length === 1 ? rememberedId(place, names[0]!) : undefined
      if (id === undefined) return undefined
      const one = this.#authorizer.objects.allowedAtOnce(principal, right.privilege, right.on, id)
      if (!one) return undefined
      decided.push({ ...one, privileges: privilegesOf(right) })
    }
    return decided.length > 0 ? decided : undefined
  }

  async #decide<In>(
    places: readonly NamedPlace[],
    input: In,
    right: ObjectRight,
    request: FastifyRequest,
  ): Promise<In> {
    if (await this.#isAllowedEverywhere(right, request)) {
      request.decided = true
      for (const { naming, path } of places) noteNames(naming, namesAt(input, path), right, request)
      await this.#decideNoted(request)
      return input
    }
    let admitted = input
    for (const place of places) {
      const names = namesAt(admitted, place.path)
      if (names.length === 0) continue
      request.decided = true
      if (place.need === 'narrow') admitted = await this.#narrowed(admitted, place, names, right, request)
      else admitted = await this.#required(admitted, place, names, right, request)
    }
    if (!request.decided && !right.filtered) await request.authorizeEverywhere(right.privilege, right.on)
    return admitted
  }

  /** Fails at the start of a server for an operation whose names are unknown. */
  check(op: Operation): void {
    const namings = typeof op.right === 'object' && this.#authorizer.objects.namings(op.right.on)
    if (namings) this.#placesOf(op, op.right as ObjectRight, namings)
  }

  #placesOf(op: Operation, right: ObjectRight, namings: Namings): readonly NamedPlace[] {
    const known = this.#places.get(op)
    if (known) return known
    const places = namedPlaces(op, right, namings)
    if (places.length === 0 && !right.filtered)
      throw new Error(`The input of ${op.id} names no ${right.on}, and it does not filter its output.`)
    this.#places.set(op, places)
    return places
  }

  /** Decides a right on objects that are not named by the input of an operation. */
  async admitNames(
    right: ObjectRight,
    names: NamedObjects,
    request: FastifyRequest,
    need: 'must exist' | 'may exist' = 'must exist',
  ): Promise<void> {
    const namings = this.#authorizer.objects.namings(right.on)
    const named = Object.entries(names).filter(([, value]) => value?.length)
    if (await this.#isAllowedEverywhere(right, request)) {
      for (const [field, name] of namings ? named : [])
        noteNames(namings![field]!, [name!].flat(), right, request)
      await this.#decideNoted(request)
    } else {
      if (!namings || named.length === 0) return request.authorizeEverywhere(right.privilege, right.on)
      for (const [field, name] of named)
        await this.#requireAll({ naming: namings[field]!, need }, [name!].flat(), right, request)
    }
    request.decided = true
  }

  #isAllowedEverywhere(right: ObjectRight, { principal }: FastifyRequest) {
    return this.#authorizer.objects.holdsEverywhere(principal, privilegesOf(right), right.on)
  }

  /** Returns the privileges of which one suffices on an object. `orEverywhere` is one of them if it is held on the metastore. */
  async #privilegesOf({ privilege, orEverywhere }: ObjectRight, { principal }: FastifyRequest) {
    const { objects } = this.#authorizer
    const isHeld = orEverywhere && (await objects.holdsOnMetastore(principal, [orEverywhere]))
    return isHeld ? [privilege, orEverywhere] : [privilege]
  }

  /** Looks up the objects that a request names before the handler deletes or renames them. */
  async #decideNoted(request: FastifyRequest) {
    if (!isCommitted(request)) return
    for (const { naming, name, type, privileges } of trailOf(request).named.filter(isWellFormed))
      for (const id of (await naming.find([name])).get(name) ?? []) {
        const decided = await this.#authorizer.objects.decide(request.principal, privileges, type, id)
        if (decided) request.noteDecision({ ...decided, privileges })
      }
  }

  async #required<In>(
    input: In,
    place: NamedPlace,
    names: readonly string[],
    right: ObjectRight,
    request: FastifyRequest,
  ): Promise<In> {
    const found = await this.#requireAll(place, names, right, request)
    if (!place.naming.acceptsIds) return input
    return withNames(input, place.path, (name) => found.get(name)?.[0] ?? name)
  }

  async #requireAll(
    { naming, need }: Pick<NamedPlace, 'naming' | 'need'>,
    names: readonly string[],
    right: ObjectRight,
    request: FastifyRequest,
  ) {
    if (!isCommitted(request)) noteNames(naming, names, right, request)
    const wellFormed = [...new Set(names)].filter(isNameFor(naming))
    const found = await naming.find(wellFormed)
    const privileges = await this.#privilegesOf(right, request)
    for (const name of wellFormed) {
      const ids = found.get(name)
      if (!ids && need === 'may exist') continue
      await this.#authorizer.requireOn(
        request.principal,
        privileges,
        { type: right.on, ids: ids ?? [], ...(naming.all && { all: true }) },
        { note: (one) => request.noteDecision(one), absent: () => naming.absent(name) },
      )
    }
    return found
  }

  async #narrowed<In>(
    input: In,
    { path, naming }: NamedPlace,
    names: readonly string[],
    right: ObjectRight,
    request: FastifyRequest,
  ): Promise<In> {
    const allowed = await this.#allowedNames(naming, names, right, request)
    if (!isCommitted(request)) noteNames(naming, [...allowed], right, request)
    return withNames(input, path, (name) =>
      allowed.has(name) || naming.isMalformed?.(name) ? name : naming.nothing,
    )
  }

  /** Returns the names of objects on which the caller has the privilege. */
  async #allowedNames(
    naming: Naming,
    names: readonly string[],
    { privilege, on }: ObjectRight,
    { principal }: FastifyRequest,
  ): Promise<ReadonlySet<string>> {
    const found = await naming.find([...new Set(names)].filter(isNameFor(naming)))
    const objects = await this.#authorizer.objects.allowedObjects(principal, [privilege], on)
    if (!objects) return new Set(found.keys())
    const allowed = await objects.among([...found.values()].flat())
    return new Set([...found].filter(([, ids]) => ids.some((id) => allowed.has(id))).map(([name]) => name))
  }
}

const privilegesOf = ({ privilege, orEverywhere }: ObjectRight) =>
  orEverywhere ? [privilege, orEverywhere] : [privilege]

const isCommitted = (request: FastifyRequest) => request.routeOptions.config.audited?.class === 'committed'

/** Notes what a request names for the audit log, which finds the objects of counted requests when it writes its row. */
function noteNames(naming: Naming, names: readonly string[], right: ObjectRight, request: FastifyRequest) {
  const { audited } = request.routeOptions.config
  if (!audited || audited.class === 'refusals') return
  const { named } = trailOf(request)
  const privileges = privilegesOf(right)
  for (const name of names.slice(0, MAX_NOTED - named.length))
    if (name.length <= MAX_NAME_LENGTH)
      named.push({ type: right.on, naming, name: naming.auditedAs?.(name) ?? name, privileges })
}

/** Returns the only object that a name belongs to, if it is in the cache. */
function rememberedId({ naming, need }: NamedPlace, name: string): string | undefined {
  if (need === 'narrow' || naming.acceptsIds) return undefined
  const ids = naming.remembered?.(name)
  return ids?.length === 1 ? ids[0] : undefined
}

const isWellFormed = ({ naming, name }: NamedObject) => !naming.isMalformed?.(name)

const isNameFor = (naming: Naming) => (name: string) => !naming.isMalformed?.(name)

/** The names in a request, by the field of a `Naming`. */
export type NamedObjects = Readonly<Record<string, string | readonly string[] | undefined>>
