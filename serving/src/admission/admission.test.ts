import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import { CreateServingEndpoint } from '@cairn/platform/protocol/databricks/serving-endpoints'
import { PutAiGateway, PutRateLimits } from '@cairn/platform/protocol/databricks/serving-settings'
import type { ServiceContext } from '@cairn/platform/service-context'
import { type TestApp, testApp } from '@cairn/platform/testing/app'
import { databases } from '@cairn/platform/testing/databases'
import type { FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { serving } from '../plugin.js'

// No model is loaded, so an admitted query fails with another status than 429.
describe.each(databases)('rate limits on %s', (_, database) => {
  let served: TestApp
  beforeEach(async () => {
    const register = async (app: FastifyInstance, context: ServiceContext) => {
      await app.register(serving, { context })
    }
    served = await testApp(register, { database })
    const config = { served_entities: [{ entity_name: 'movies', entity_version: '1' }] }
    await served.context.client()(CreateServingEndpoint, { name: 'e', config })
  })
  afterEach(() => served.close())

  const query = (secret?: string, url = '/serving-endpoints/e/invocations') =>
    served.app.inject({
      method: 'POST',
      url,
      payload: { inputs: [1] },
      headers: secret ? { authorization: `Bearer ${secret}` } : {},
    })
  const isLimited = async (secret?: string) => (await query(secret)).statusCode === 429
  const renewal_period = 'minute' as const

  test('apply as soon as the call that sets them returns, with the time to wait in the headers', async () => {
    await served.context.client()(PutRateLimits, { name: 'e', rate_limits: [{ calls: 1, renewal_period }] })
    const first = await query()
    expect(first.statusCode).not.toBe(429)
    expect(first.headers).toMatchObject({ 'x-ratelimit-limit': '1', 'x-ratelimit-remaining': '0' })
    const second = await query(undefined, '/v2/models/e/infer')
    expect([second.statusCode, second.json()]).toEqual([
      429,
      { error: expect.stringMatching(/1 queries a minute/) },
    ])
    const { 'retry-after': retryAfter, 'x-ratelimit-reset': reset } = (await query()).headers
    expect(Number(retryAfter)).toBeGreaterThan(0)
    expect(Number(retryAfter)).toBeLessThanOrEqual(60)
    expect(reset).toBe(retryAfter)
    expect((await query()).json()).toMatchObject({ error_code: 'REQUEST_LIMIT_EXCEEDED' })
    await served.context.client()(PutAiGateway, { name: 'e', usage_tracking_config: { enabled: true } })
    expect(await isLimited()).toBe(true)
    await served.context.client()(PutRateLimits, { name: 'e' })
    expect(await isLimited()).toBe(false)
  })

  test('of a group apply to its direct and indirect members', async () => {
    const { identities, grants, tokens, client } = served.context
    const [inner, outer] = [
      await identities.create('group', 'inner'),
      await identities.create('group', 'outer'),
    ]
    const ann = await identities.create('user', 'ann')
    await identities.addMember(inner.id, ann.id)
    await identities.addMember(outer.id, inner.id)
    const endpoint = await client()(CreateServingEndpoint, {
      name: 'grouped',
      config: { served_entities: [{ entity_name: 'movies', entity_version: '1' }] },
      ai_gateway: { rate_limits: [{ calls: 1, key: 'user_group', principal: 'outer', renewal_period }] },
    })
    const securable = {
      type: 'serving_endpoint',
      id: endpoint.id,
      name: 'grouped',
      owner: LOCAL_OWNER.id,
    } as const
    const change = { principal_id: ann.id, add: ['QUERY ENDPOINT' as const], remove: [] }
    await grants.change(securable, [change], LOCAL_OWNER)
    const { secret } = await tokens.issue(ann.id, 'test')
    const url = '/serving-endpoints/grouped/invocations'
    expect((await query(secret, url)).statusCode).not.toBe(429)
    expect((await query(secret, url)).statusCode).toBe(429)
    expect((await query(undefined, url)).statusCode).not.toBe(429)
  })

  test('do not count queries of callers without access', async () => {
    const { identities, tokens, client } = served.context
    const { id } = await identities.create('user', 'eve')
    const { secret } = await tokens.issue(id, 'test')
    await client()(PutAiGateway, { name: 'e', rate_limits: [{ calls: 1, renewal_period }] })
    expect((await query(secret)).statusCode).toBe(404)
    expect(await isLimited()).toBe(false)
    expect(await isLimited()).toBe(true)
  })
})
