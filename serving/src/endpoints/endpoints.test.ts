import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import {
  CreateServingEndpoint,
  GetServingEndpoint,
} from '@cairn/platform/protocol/databricks/serving-endpoints'
import type { Privilege } from '@cairn/platform/protocol/privileges'
import { type TestApp, testApp } from '@cairn/platform/testing/app'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { serving } from '../plugin.js'

let served: TestApp
beforeEach(async () => {
  served = await testApp(async (app, context) => void (await app.register(serving, { context })))
})
afterEach(() => served.close())

const served_entities = [{ entity_name: 'movies', entity_version: '1' }]
const config = { served_entities }

async function clientWith(name: string, ...add: Privilege[]) {
  const { identities, grants, authorizer, tokens, client } = served.context
  const { id } = await identities.create('user', name)
  await grants.change(authorizer.metastore[0], [{ principal_id: id, add, remove: [] }], LOCAL_OWNER)
  return client((await tokens.issue(id, 'test')).secret)
}

test('creating an endpoint requires READ MODELS, since models are loaded with the privileges of the server', async () => {
  const without = await clientWith('without', 'CREATE ENDPOINT')
  await expect(without(CreateServingEndpoint, { name: 'e', config })).rejects.toMatchObject({
    code: 'PERMISSION_DENIED',
    message: expect.stringContaining('READ MODELS'),
  })
  const allowed = await clientWith('allowed', 'CREATE ENDPOINT', 'READ MODELS')
  expect(await allowed(CreateServingEndpoint, { name: 'e', config })).toMatchObject({ creator: 'allowed' })
})

test('responses do not name the principal with whose rights an alias is followed', async () => {
  const owner = served.context.client()
  const entity = { entity_name: 'movies', entity_version: '@champion' }
  const { pending_config } = await owner(CreateServingEndpoint, {
    name: 'e',
    config: { served_entities: [entity] },
  })
  const fields = ['name', 'entity_name', 'workload_size', 'workload_type', 'scale_to_zero_enabled']
  const shared = ['entity_version', 'entity_alias', 'state', 'creator', 'creation_timestamp']
  expect(Object.keys(pending_config!.served_entities[0]!)).toEqual([...fields, ...shared])
  expect(JSON.stringify(pending_config)).not.toContain(LOCAL_OWNER.id)
})

test('an endpoint cannot be named like the id of another', async () => {
  const owner = served.context.client()
  const { id } = await owner(CreateServingEndpoint, { name: 'a', config })
  await expect(owner(CreateServingEndpoint, { name: id, config })).rejects.toMatchObject({
    code: 'RESOURCE_ALREADY_EXISTS',
  })
  expect(await owner(GetServingEndpoint, { name: id })).toMatchObject({ name: 'a', id })
})

test.each([
  ['ai_gateway.guardrails', { config, ai_gateway: { guardrails: { input: { safety: true } } } }],
  ['ai_gateway.fallback_config.enabled', { config, ai_gateway: { fallback_config: { enabled: true } } }],
  [
    'ai_gateway.rate_limits[0].tokens',
    { config, ai_gateway: { rate_limits: [{ calls: 1, renewal_period: 'minute', tokens: 5 }] } },
  ],
  ['telemetry_config', { config, telemetry_config: { table_names: {} } }],
  ['route_optimized', { config, route_optimized: true }],
  ['config.auto_capture_config', { config: { ...config, auto_capture_config: { enabled: true } } }],
])('rejects %s, which it would not enforce', async (field, input) => {
  const create = served.context.client()(CreateServingEndpoint, { name: 'e', ...input } as never)
  await expect(create).rejects.toMatchObject({
    code: 'INVALID_PARAMETER_VALUE',
    message: expect.stringContaining(`'${field}' is not supported`),
  })
})
