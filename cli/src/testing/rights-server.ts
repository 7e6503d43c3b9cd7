import { METASTORE } from '@cairn/platform/auth/metastore'
import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import { ImportExperiment } from '@cairn/platform/protocol/cairn/imports'
import type { ObjectRight } from '@cairn/platform/protocol/operation'
import type { SecurableType } from '@cairn/platform/protocol/privileges'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { TestDatabase } from '@cairn/platform/testing/databases'
import { expect } from 'vitest'
import type { MatrixRequest } from '../server/object-rights/requests.js'
import type { Creator } from '../server/object-rights/worlds.js'
import { type TestServer, testServer } from './test-server.js'

const PEOPLE = ['none', 'other', 'read', 'edit', 'manage', 'owner'] as const
/** `expired` and `scoped` are tokens of the owner: one that has expired, and one for something else. */
export type Caller = (typeof PEOPLE)[number] | 'anonymous' | 'expired' | 'scoped'

export const personOf = (caller: Caller): string => `${caller}-person`

/** A server with all services, whose callers have different rights on each object. */
export class RightsServer {
  #server: TestServer | undefined
  readonly #routes = new Map<string, ObjectRight>()
  readonly #tokens = new Map<Caller, string>()
  /** The ids of the people. */
  readonly ids = new Map<Caller, string>()
  /** The number of names that `nextName` returned. */
  created = 0

  async start(database: TestDatabase): Promise<void> {
    this.#server = await testServer({ database, env: { CAIRN_AUTH: 'required' } })
    for (const { method, url, config } of this.#server.routes)
      if (method !== 'HEAD' && typeof config?.right === 'object')
        this.#routes.set(`${method} ${url}`, config.right)
    // Later ids are long, so that they can be replaced in answers.
    await this.context.client()(ImportExperiment, { name: 'first', experiment_id: '555000' })
    await this.#createPeople()
  }

  async close(): Promise<void> {
    await this.#server?.close()
  }

  get context(): ServiceContext {
    return this.#server!.context
  }

  /** The routes that need a right on objects of a type, without their twins below `/ajax-api/`. */
  routesOn(type: SecurableType): [route: string, right: ObjectRight][] {
    return [...this.#routes].filter(
      ([route, { on }]) =>
        on === type &&
        !(route.includes(' /ajax-api/') && this.#routes.has(route.replace('/ajax-api/', '/api/'))),
    )
  }

  /** All routes, with one method each. */
  routes(): { readonly method: string; readonly url: string }[] {
    return this.#server!.routes.flatMap(({ url, method }) =>
      [method].flat().flatMap((one) => (one === 'HEAD' ? [] : [{ method: one, url }])),
    )
  }

  nextName(by: Caller): string {
    return `canary-${by}-${this.created++}`
  }

  async send(caller: Caller, method: string, { url, body, headers }: MatrixRequest) {
    const token = this.#tokens.get(caller)
    const response = await this.#server!.app.inject({
      method: method as 'GET',
      url,
      headers: {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { payload: JSON.stringify(body) }),
    })
    return { status: response.statusCode, text: response.body }
  }

  creator(caller: Caller): Creator {
    return {
      name: personOf(caller),
      send: async (method, request) => {
        const { status, text } = await this.send(caller, method, request)
        expect(status, `${request.url}: ${text}`).toBeLessThan(300)
        return text === '' ? {} : JSON.parse(text)
      },
    }
  }

  async #createPeople(): Promise<void> {
    const { identities, tokens, grants } = this.context
    for (const person of PEOPLE) {
      const { id } = await identities.create('user', personOf(person))
      this.ids.set(person, id)
      this.#tokens.set(person, (await tokens.issue(id, 'test')).secret)
    }
    const issue = (options: object) => tokens.issue(this.ids.get('owner')!, 'test', options)
    this.#tokens.set('expired', (await issue({ seconds: -1 })).secret)
    this.#tokens.set('scoped', (await issue({ scopes: ['serving:nothing'] })).secret)
    await grants.change(
      METASTORE[0],
      (['owner', 'other'] as const).map((one) => ({
        principal_id: this.ids.get(one)!,
        add: [
          'CREATE CATALOG',
          'CREATE EXPERIMENT',
          'CREATE MODEL',
          'CREATE JOB',
          'CREATE ENDPOINT',
          'CREATE SECRET SCOPE',
        ],
        remove: [],
      })),
      LOCAL_OWNER,
    )
  }
}
