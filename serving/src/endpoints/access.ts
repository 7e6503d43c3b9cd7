import type { Privilege } from '@cairn/platform/protocol/privileges'
import type { FastifyRequest } from 'fastify'
import { endpointAsRequested } from '../endpoint-chain.js'
import type { EndpointRow } from '../schema.js'
import type { EndpointStore } from './store.js'

/** Resolves the names and ids of requests to endpoints, only after a decision on the caller's privileges. */
export class EndpointAccess {
  readonly #endpoints: EndpointStore

  constructor(endpoints: EndpointStore) {
    this.#endpoints = endpoints
  }

  /**
   * @param privilege one of these suffices
   * @throws PERMISSION_DENIED, the same for an endpoint that does not exist unless the caller may know that;
   * RESOURCE_DOES_NOT_EXIST then
   */
  async require(
    request: FastifyRequest,
    privilege: Privilege | readonly Privilege[],
    nameOrId: string,
  ): Promise<EndpointRow> {
    const row = await this.find(nameOrId)
    await request.authorize(privilege, endpointAsRequested(nameOrId, row))
    return row!
  }

  /** Without a decision. */
  find(nameOrId: string): Promise<EndpointRow | undefined> {
    return this.#endpoints.find(nameOrId)
  }
}
