import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { Securable, SecurableChain } from '@cairn/platform/auth/decide'
import type { Principal } from '@cairn/platform/auth/principal'
import { SIGHT } from '@cairn/platform/auth/refusal'
import type { Privilege } from '@cairn/platform/protocol/privileges'
import type { FastifyRequest } from 'fastify'
import type { Locator } from './locator.js'
import type { NamedType } from './names.js'

type OneOf = Privilege | readonly Privilege[]

/** The way from what a request names to the thing itself: it leads through a decision. */
export class Gate {
  readonly #locator: Locator
  readonly #authorizer: Authorizer

  constructor(locator: Locator, authorizer: Authorizer) {
    this.#locator = locator
    this.#authorizer = authorizer
  }

  /** @throws PERMISSION_DENIED, or a NOT_FOUND to those who may know; see `auth/refusal.ts` */
  async pass(
    request: FastifyRequest,
    privilege: OneOf,
    type: NamedType | 'metastore',
    fullName: string,
  ): Promise<Securable> {
    const chain = await this.#locator.find(type, fullName)
    await request.authorize(privilege, chain)
    return chain[0]
  }

  /** By id, which names nothing: who may not see the container learns neither a name nor that the id exists. */
  async passId(
    request: FastifyRequest,
    privileges: readonly Privilege[],
    type: 'table' | 'volume',
    id: string,
  ): Promise<Securable> {
    const chain = await this.#locator.findId(type, id)
    const parent = chain.slice(1) as unknown as SecurableChain
    const seen = chain[0].absent || (await this.#sees(request.principal, parent))
    const asked: SecurableChain = seen ? chain : [absentId(type, id), ...this.#authorizer.metastore]
    for (const privilege of privileges) await request.authorize(privilege, asked)
    return chain[0]
  }

  /**
   * The chain of a container to list, or undefined when it is not to be seen, which lists as nothing.
   *
   * @throws a NOT_FOUND to those who may know that there is no such container
   */
  async openContainer(
    principal: Principal,
    type: 'catalog' | 'schema',
    fullName: string,
  ): Promise<SecurableChain | undefined> {
    const chain = await this.#locator.find(type, fullName)
    const refused = await this.#authorizer.refusal(principal, SIGHT[type], chain)
    if (!refused) return chain
    if (refused.code === 'PERMISSION_DENIED') return undefined
    throw refused
  }

  async #sees(principal: Principal, chain: SecurableChain): Promise<boolean> {
    return (await this.#authorizer.decide(principal, SIGHT.schema, chain)).allowed
  }
}

const absentId = (type: 'table' | 'volume', id: string): Securable => ({
  type,
  id: '',
  name: id,
  owner: '',
  absent: true,
})
