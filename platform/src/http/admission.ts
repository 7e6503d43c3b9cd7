import type { FastifyRequest } from 'fastify'
import type { Authorizer } from '../auth/authorizer.js'
import { KINDS } from '../auth/kinds.js'
import { type NamedPlace, namedPlaces, namesAt, withNames } from '../auth/named-objects.js'
import type { Naming, Namings } from '../auth/naming.js'
import type { ObjectRight, Operation } from '../protocol/operation.js'

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
   * @returns the input, in which names of what the caller may not read are replaced in lists by names of nothing, and names by
   * the ids about which was decided if handlers accept those
   * @throws the error of an absent object also for those that the caller may not know of; PERMISSION_DENIED
   */
  async admit<In>(op: Operation, input: In, request: FastifyRequest): Promise<In> {
    const { right } = op
    if (typeof right === 'string') return input
    if (!KINDS[right.on].isNamed) return input // the handler decides
    if (await this.#isAllowedEverywhere(right, request)) {
      request.decided = true
      return input
    }
    let admitted = input
    const namings = this.#authorizer.objects.namings(right.on)
    for (const place of namings ? this.#placesOf(op, right, namings) : []) {
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
    if (!(await this.#isAllowedEverywhere(right, request))) {
      const named = Object.entries(names).filter(([, value]) => value?.length)
      if (!namings || named.length === 0) return request.authorizeEverywhere(right.privilege, right.on)
      for (const [field, name] of named)
        await this.#requireAll({ naming: namings[field]!, need }, [name!].flat(), right, request)
    }
    request.decided = true
  }

  #isAllowedEverywhere({ privilege, orEverywhere, on }: ObjectRight, { principal }: FastifyRequest) {
    const privileges = orEverywhere ? [privilege, orEverywhere] : [privilege]
    return this.#authorizer.objects.holdsEverywhere(principal, privileges, on)
  }

  /** Including the one that suffices on the metastore, where it is held but an object is denied. */
  async #privilegesOf({ privilege, orEverywhere }: ObjectRight, { principal }: FastifyRequest) {
    const { objects } = this.#authorizer
    const isHeld = orEverywhere && (await objects.holdsOnMetastore(principal, [orEverywhere]))
    return isHeld ? [privilege, orEverywhere] : [privilege]
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
    const wellFormed = [...new Set(names)].filter((name) => !naming.isMalformed?.(name))
    const found = await naming.find(wellFormed)
    const privileges = await this.#privilegesOf(right, request)
    for (const name of wellFormed) {
      const ids = found.get(name)
      if (!ids && need === 'may exist') continue
      await this.#authorizer.requireOn(
        request.principal,
        privileges,
        { type: right.on, ids: ids ?? [], ...(naming.all && { all: true }) },
        { requestId: request.id, absent: () => naming.absent(name) },
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
    return withNames(input, path, (name) =>
      allowed.has(name) || naming.isMalformed?.(name) ? name : naming.nothing,
    )
  }

  /** Those of the names that belong to objects on which the caller has the privilege. */
  async #allowedNames(
    naming: Naming,
    names: readonly string[],
    { privilege, on }: ObjectRight,
    { principal }: FastifyRequest,
  ): Promise<ReadonlySet<string>> {
    const found = await naming.find([...new Set(names)].filter((name) => !naming.isMalformed?.(name)))
    const objects = await this.#authorizer.objects.allowedObjects(principal, [privilege], on)
    if (!objects) return new Set(found.keys())
    const allowed = await objects.among([...found.values()].flat())
    return new Set([...found].filter(([, ids]) => ids.some((id) => allowed.has(id))).map(([name]) => name))
  }
}

/** What a request names, by the field of a `Naming`. */
export type NamedObjects = Readonly<Record<string, string | readonly string[] | undefined>>
