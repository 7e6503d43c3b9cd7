import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { Securable, SecurableChain } from '@cairn/platform/auth/decide'
import { KINDS } from '@cairn/platform/auth/kinds'
import type { Principal } from '@cairn/platform/auth/principal'
import type { Privilege } from '@cairn/platform/protocol/privileges'
import type { FastifyRequest } from 'fastify'
import type { Locator } from './locator.js'
import type { NamedType } from './names.js'

/** Resolves the names and ids of requests to securables, only after a decision on the caller's privileges. */
export class Access {
  readonly #locator: Locator
  readonly #authorizer: Authorizer

  constructor(locator: Locator, authorizer: Authorizer) {
    this.#locator = locator
    this.#authorizer = authorizer
  }

  /**
   * @param privilege one of these suffices
   * @throws PERMISSION_DENIED, or NOT_FOUND if the caller may know that the securable does not exist; see `auth/refusal.ts`
   */
  async require(
    request: FastifyRequest,
    privilege: Privilege | readonly Privilege[],
    type: NamedType | 'metastore',
    fullName: string,
  ): Promise<Securable> {
    const chain = await this.#locator.find(type, fullName)
    await request.authorize(privilege, chain)
    return chain[0]
  }

  /**
   * Requires all of the privileges. An id reveals no name: a caller who cannot see the container gets the error of an
   * absent id.
   */
  async requireById(
    request: FastifyRequest,
    privileges: readonly Privilege[],
    type: 'table' | 'volume',
    id: string,
  ): Promise<Securable> {
    const chain = await this.#locator.findById(type, id)
    const parent = chain.slice(1) as unknown as SecurableChain
    const visible = chain[0].absent || (await this.#seesSchema(request.principal, parent))
    const decided: SecurableChain = visible
      ? chain
      : [absentSecurable(type, id), ...this.#authorizer.metastore]
    for (const privilege of privileges) await request.authorize(privilege, decided)
    return chain[0]
  }

  /**
   * Returns the chain of a container to list; undefined if it is hidden from the principal, for whom it lists as empty.
   *
   * @throws NOT_FOUND when the principal may know that the container does not exist
   */
  async visibleContainer(
    principal: Principal,
    type: 'catalog' | 'schema',
    fullName: string,
  ): Promise<SecurableChain | undefined> {
    const chain = await this.#locator.find(type, fullName)
    const refused = await this.#authorizer.permissionDenied(principal, KINDS[type].visibility, chain)
    if (!refused) return chain
    if (refused.code === 'PERMISSION_DENIED') return undefined
    throw refused
  }

  async #seesSchema(principal: Principal, chain: SecurableChain): Promise<boolean> {
    return (await this.#authorizer.decide(principal, KINDS.schema.visibility, chain)).allowed
  }
}

const absentSecurable = (type: 'table' | 'volume', id: string): Securable => ({
  type,
  id: '',
  name: id,
  owner: '',
  absent: true,
})
