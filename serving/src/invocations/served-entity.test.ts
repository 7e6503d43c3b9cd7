import {
  CreateServingEndpoint,
  GetServingEndpoint,
} from '@cairn/platform/protocol/databricks/serving-endpoints'
import { type TestApp, testApp } from '@cairn/platform/testing/app'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { serving } from '../plugin.js'
import { TestRegistry } from '../testing/registry.js'

let served: TestApp
beforeEach(async () => {
  served = await testApp(async (app, context) => {
    const registry = new TestRegistry(context.blobs)
    await registry.put('1')
    registry.serve(app)
    await app.register(serving, { context })
  })
  const config = { served_entities: [{ name: 'm', entity_name: 'movies', entity_version: '1' }] }
  await served.context.client()(CreateServingEndpoint, { name: 'e', config })
})
afterEach(() => served.close())

const query = async (url: string) => {
  const { statusCode, body } = await served.app.inject({ method: 'POST', url, payload: { inputs: [] } })
  return [statusCode, body]
}
const entity = (name: string) => `/serving-endpoints/e/served-models/${name}/invocations`
const version = (name: string) => `/v2/models/e/versions/${name}/infer`

test('a query of a served entity that the endpoint does not have is 404, with its name', async () => {
  const unknown = ['', 'x']
  for (const name of unknown)
    expect(await query(entity(name))).toEqual([404, expect.stringContaining(`no served entity '${name}'`)])
  await expect
    .poll(async () => (await served.context.client()(GetServingEndpoint, { name: 'e' })).state.ready, {
      timeout: 120_000,
    })
    .toBe('READY')
  for (const name of unknown) {
    expect(await query(entity(name))).toEqual([404, expect.stringContaining(`no served entity '${name}'`)])
    expect(await query(version(name))).toEqual([404, expect.stringContaining(`no version '${name}'`)])
  }
  expect((await query(entity('m')))[0]).toBe(200)
})
