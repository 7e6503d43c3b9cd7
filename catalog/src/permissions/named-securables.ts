import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { SecurableChain } from '@cairn/platform/auth/decide'
import { KINDS } from '@cairn/platform/auth/kinds'
import { invalid } from '@cairn/platform/errors'
import type { FastifyRequest } from 'fastify'
import type { Locator } from '../securables/locator.js'
import { isNamedType, type NamedType } from '../securables/names.js'
import { isObjectType, type Objects, type ObjectType } from '../securables/objects.js'

export type ReviewableType = 'metastore' | NamedType | ObjectType

/** @throws INVALID_PARAMETER_VALUE */
export function typeFrom(word: string): ReviewableType {
  const type = word.toLowerCase()
  if (type === 'metastore' || isNamedType(type) || isObjectType(type)) return type
  throw invalid(
    `Invalid securable_type '${word.slice(0, 100)}': one of metastore, catalog, schema, table, volume, experiment, registered_model, job, serving_endpoint, secret_scope, notification_destination.`,
  )
}

/** Resolves the type and name of a securable of any kind, only after a decision on the caller's privileges. */
export class NamedSecurables {
  readonly #authorizer: Authorizer
  readonly #locator: Locator
  readonly #objects: Objects

  constructor(authorizer: Authorizer, locator: Locator, objects: Objects) {
    this.#authorizer = authorizer
    this.#locator = locator
    this.#objects = objects
  }

  /** Finds a securable without deciding about access; undefined if it does not exist. */
  async find(type: ReviewableType, fullName: string): Promise<SecurableChain | undefined> {
    const chain = await this.locate(type, fullName)
    return chain[0].absent ? undefined : chain
  }

  /** Like `find`, but returns a chain marked absent for a securable that does not exist. */
  async locate(type: ReviewableType, fullName: string): Promise<SecurableChain> {
    if (!isObjectType(type)) return this.#locator.find(type, fullName)
    const absent = { type, id: '', name: fullName, owner: '', absent: true } as const
    return (await this.#objects.find(type, fullName)) ?? [absent, ...this.#authorizer.metastore]
  }

  /** Every caller may read the metastore's permissions; other securables must be visible to the caller. */
  async visible(request: FastifyRequest, securableType: string, fullName: string): Promise<SecurableChain> {
    const type = typeFrom(securableType)
    if (isObjectType(type)) return this.#objects.require(request, KINDS[type].visibility, type, fullName)
    const chain = await this.#locator.find(type, fullName)
    if (type !== 'metastore') await request.authorize(KINDS[type].visibility, chain)
    return chain
  }

  async managed(request: FastifyRequest, securableType: string, fullName: string): Promise<SecurableChain> {
    const type = typeFrom(securableType)
    if (isObjectType(type)) return this.#objects.require(request, 'MANAGE', type, fullName)
    const chain = await this.#locator.find(type, fullName)
    await request.authorize('MANAGE', chain)
    return chain
  }

  /** READ AUDIT on the metastore suffices for securables that exist. @throws the errors of `managed` otherwise */
  async reviewable(
    request: FastifyRequest,
    securableType: string,
    fullName: string,
  ): Promise<SecurableChain> {
    const { metastore } = this.#authorizer
    const auditor = await this.#authorizer.decide(request.principal, 'READ AUDIT', metastore)
    const chain = auditor.allowed ? await this.find(typeFrom(securableType), fullName) : undefined
    if (!chain) return this.managed(request, securableType, fullName)
    await request.authorize('READ AUDIT', metastore)
    return chain
  }
}
