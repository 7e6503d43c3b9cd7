import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import {
  CreateServingEndpoint,
  GetServingEndpoint,
  GetServingEndpointMetrics,
  GetServingEndpointOpenApi,
  ListServingEndpoints,
  PatchSystemMetricsExport,
  PatchTelemetryConfig,
} from '@cairn/platform/protocol/databricks/serving-endpoints'
import {
  PutAiGateway,
  PutRateLimits,
  UpdateNotifications,
} from '@cairn/platform/protocol/databricks/serving-settings'
import { type TestApp, testApp } from '@cairn/platform/testing/app'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { serving } from '../plugin.js'

let served: TestApp
beforeEach(async () => {
  served = await testApp(async (app, context) => {
    const config = { ...context.config, webhook_allowed_schemes: 'http', webhook_allow_private_ips: true }
    await app.register(serving, { context: { ...context, config } })
  })
  const { identities } = served.context
  await identities.create('user', 'ann')
  await identities.create('group', 'analysts')
  await create('e')
})
afterEach(() => served.close())

const config = { served_entities: [{ entity_name: 'movies', entity_version: '1' }] }
const call = ((op, input) => served.context.client()(op, input)) as ReturnType<TestApp['context']['client']>
const create = (name: string, settings: object = {}) =>
  call(CreateServingEndpoint, { name, config, ...settings })
const get = (name = 'e') => call(GetServingEndpoint, { name })

test('replaces and clears rate limits', async () => {
  const rate_limits = [
    { calls: 10, key: 'user' as const, renewal_period: 'minute' as const },
    { calls: 100, renewal_period: 'minute' as const },
  ]
  expect(await call(PutRateLimits, { name: 'e', rate_limits })).toEqual({ rate_limits })
  expect((await get()).rate_limits).toEqual(rate_limits)
  expect(await call(PutRateLimits, { name: 'e' })).toEqual({ rate_limits: [] })
  expect(await get()).not.toHaveProperty('rate_limits')
})

test('replaces the settings of the AI gateway, and drops those that are off', async () => {
  const rate_limits = [
    { calls: 5, key: 'user' as const, principal: 'ann', renewal_period: 'minute' as const },
    { calls: 5, key: 'user_group' as const, principal: 'analysts', renewal_period: 'minute' as const },
  ]
  const usage_tracking_config = { enabled: true }
  const kept = { rate_limits, usage_tracking_config }
  const off = { inference_table_config: { enabled: false }, fallback_config: { enabled: false } }
  const answer = await call(PutAiGateway, { name: 'e', ...kept, ...off })
  expect(answer).toEqual({ ...kept, inference_table_config: { enabled: false } })
  expect((await get()).ai_gateway).toEqual(answer)
  await call(PutAiGateway, { name: 'e', usage_tracking_config })
  expect((await get()).ai_gateway).toEqual({ usage_tracking_config })
})

test('accepts all settings when an endpoint is created', async () => {
  const settings = {
    rate_limits: [{ calls: 1, renewal_period: 'minute' }],
    ai_gateway: { usage_tracking_config: { enabled: true } },
    email_notifications: { on_update_failure: ['http://127.0.0.1:9/hook'] },
  }
  expect(await create('whole', settings)).toMatchObject(settings)
  expect(await get('whole')).toMatchObject(settings)
})

describe('rejects, naming the field,', () => {
  const limit = { calls: 1, renewal_period: 'minute' }
  test.each([
    ['rate_limits[1]', PutRateLimits, { rate_limits: [limit, { ...limit, key: 'endpoint' }] }],
    ['rate_limits[0].key', PutRateLimits, { rate_limits: [{ ...limit, key: 'model' }] }],
    ['rate_limits[0].calls', PutRateLimits, { rate_limits: [{ ...limit, calls: -1 }] }],
    ['rate_limits[0].renewal_period', PutRateLimits, { rate_limits: [{ calls: 1 }] }],
    ['rate_limits[0].principal', PutAiGateway, { rate_limits: [{ ...limit, key: 'user_group' }] }],
    ['rate_limits[0].principal', PutAiGateway, { rate_limits: [{ ...limit, principal: 'ann' }] }],
    [
      'rate_limits[0].principal',
      PutAiGateway,
      { rate_limits: [{ ...limit, key: 'user_group', principal: 'ann' }] },
    ],
    ['inference_table_config.catalog_name', PutAiGateway, { inference_table_config: { enabled: true } }],
    [
      'inference_table_config',
      PutAiGateway,
      { inference_table_config: { enabled: true, catalog_name: 'c', schema_name: 's' } },
    ],
    ['guardrails', PutAiGateway, { guardrails: { output: { pii: { behavior: 'BLOCK' } } } }],
    [
      'email_notifications.on_update_success[0]',
      UpdateNotifications,
      { email_notifications: { on_update_success: ['ann@example.com'] } },
    ],
    [
      'email_notifications.on_update_failure[1]',
      UpdateNotifications,
      { email_notifications: { on_update_failure: ['http://127.0.0.1/a', 'https://127.0.0.1/b'] } },
    ],
    ['telemetry_config', PatchTelemetryConfig, { telemetry_config: { telemetry_profile_id: 'x' } }],
    [
      'uc_system_metrics_export_state',
      PatchSystemMetricsExport,
      { uc_system_metrics_export_state: 'FIRST_PARTY_EXPORT_ENABLED' },
    ],
  ])('%s of %o', async (field, op, input) => {
    await expect(call(op, { name: 'e', ...input } as never)).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringContaining(`'${field}'`),
    })
  })
})

test('reports that e-mail is not sent', async () => {
  const email_notifications = { on_update_success: ['ann@example.com'] }
  await expect(call(UpdateNotifications, { name: 'e', email_notifications })).rejects.toThrow(
    /E-mail is not sent/,
  )
})

test('returns the highest permission level of the caller', async () => {
  const { identities, grants, tokens, client } = served.context
  const { id } = await identities.create('user', 'viewer')
  const as = client((await tokens.issue(id, 'test')).secret)
  const endpoint = await get()
  expect(endpoint.permission_level).toBe('CAN_MANAGE')
  expect((await as(ListServingEndpoints, {})).endpoints).toEqual([])
  const securable = { type: 'serving_endpoint', id: endpoint.id, name: 'e', owner: LOCAL_OWNER.id } as const
  for (const [privilege, level] of [
    ['VIEW ENDPOINT', 'CAN_VIEW'],
    ['QUERY ENDPOINT', 'CAN_QUERY'],
    ['MANAGE', 'CAN_MANAGE'],
  ] as const) {
    await grants.change(securable, [{ principal_id: id, add: [privilege], remove: [] }], LOCAL_OWNER)
    expect((await as(GetServingEndpoint, { name: 'e' })).permission_level).toBe(level)
    expect((await as(ListServingEndpoints, {})).endpoints).toMatchObject([{ permission_level: level }])
  }
})

test('writes the metrics and the OpenAPI document of one endpoint', async () => {
  await create('other')
  await expect.poll(async () => (await get()).state.config_update, { timeout: 120_000 }).toBe('UPDATE_FAILED')
  for (const url of ['/api/2.0/serving-endpoints/e/metrics', '/api/2.0/serving-endpoints/e/metrics/']) {
    const answer = await served.app.inject({ url })
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['content-type']).toMatch(/^text\/plain/)
  }
  const document = await call(GetServingEndpointOpenApi, { name: 'e' })
  expect(document).toMatchObject({ info: { title: 'e' }, paths: { '/serving-endpoints/e/invocations': {} } })
  await expect(call(GetServingEndpointMetrics, { name: 'none' })).rejects.toMatchObject({
    code: 'RESOURCE_DOES_NOT_EXIST',
  })
})
