import {
  CreateServingEndpoint,
  DeleteServingEndpoint,
  GetServingEndpoint,
  PatchServingEndpointTags,
} from '@cairn/platform/protocol/databricks/serving-endpoints'
import {
  PutAiGateway,
  PutRateLimits,
  UpdateNotifications,
} from '@cairn/platform/protocol/databricks/serving-settings'
import { type TestApp, testApp } from '@cairn/platform/testing/app'
import { databases } from '@cairn/platform/testing/databases'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { serving } from '../plugin.js'

const name = 'e'

describe.each(databases)('concurrent changes of an endpoint on %s', (_, database) => {
  let served: TestApp
  const call = ((op, input) => served.context.client()(op, input)) as ReturnType<TestApp['context']['client']>
  const queryStatus = async () => {
    const url = `/serving-endpoints/${name}/invocations`
    return (await served.app.inject({ method: 'POST', url, payload: { inputs: [] } })).statusCode
  }

  beforeEach(async () => {
    served = await testApp(
      async (app, context) => {
        const config = { ...context.config, webhook_allowed_schemes: 'http', webhook_allow_private_ips: true }
        await app.register(serving, { context: { ...context, config } })
      },
      { database },
    )
    await call(CreateServingEndpoint, {
      name,
      config: { served_entities: [{ entity_name: 'movies', entity_version: '1' }] },
      tags: Array.from({ length: 20 }, (_, n) => ({ key: `old${n}` })),
    })
  })
  afterEach(() => served.close())

  test('all add and delete their tags', async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        call(PatchServingEndpointTags, {
          name,
          add_tags: [{ key: `new${n}`, value: String(n) }],
          delete_tags: [`old${n}`],
        }),
      ),
    )
    const { tags } = await call(GetServingEndpoint, { name })
    expect(tags.toSorted((a, b) => Number(a.value) - Number(b.value))).toEqual(
      Array.from({ length: 20 }, (_, n) => ({ key: `new${n}`, value: String(n) })),
    )
  })

  test('delete it once, without a server error', async () => {
    const url = `/api/2.0/serving-endpoints/${name}`
    const deletions = Array.from({ length: 5 }, () => served.app.inject({ method: 'DELETE', url }))
    const statuses = (await Promise.all(deletions)).map(({ statusCode }) => statusCode)
    expect(statuses).toContain(200)
    expect(statuses.every((status) => status === 200 || status === 404)).toBe(true)
  })

  test('of different settings all apply, also to queries of this process', async () => {
    const rate_limits = [{ calls: 0, renewal_period: 'minute' as const }]
    const ai_gateway = { usage_tracking_config: { enabled: true } }
    const email_notifications = { on_update_failure: ['http://127.0.0.1:9/hook'] }
    const tag = { key: 'team', value: 'web' }
    for (let round = 0; round < 5; round++) {
      await call(PutRateLimits, { name })
      await Promise.all([
        call(PutRateLimits, { name, rate_limits }),
        call(PutAiGateway, { name, ...ai_gateway }),
        call(UpdateNotifications, { name, email_notifications }),
        call(PatchServingEndpointTags, { name, add_tags: [tag] }),
      ])
      const endpoint = await call(GetServingEndpoint, { name })
      expect(endpoint).toMatchObject({ rate_limits, ai_gateway, email_notifications })
      expect(endpoint.tags).toContainEqual(tag)
      await expect.poll(queryStatus).toBe(429)
    }
  })

  test('return 404 after its deletion', async () => {
    const changes = await Promise.allSettled([
      call(DeleteServingEndpoint, { name }),
      ...Array.from({ length: 10 }, () => call(PutRateLimits, { name })),
    ])
    for (const change of changes)
      if (change.status === 'rejected')
        expect(change.reason).toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
    await expect.poll(queryStatus).toBe(404)
  })
})
