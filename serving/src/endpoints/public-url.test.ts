import { CreateServingEndpoint } from '@cairn/platform/protocol/databricks/serving-endpoints'
import { testApp } from '@cairn/platform/testing/app'
import { expect, onTestFinished, test } from 'vitest'
import { serving } from '../plugin.js'

async function documentWith(public_url: string) {
  const served = await testApp(async (app, context) => {
    const config = { ...context.config, public_url }
    await app.register(serving, { context: { ...context, config } })
  })
  onTestFinished(() => served.close())
  const config = { served_entities: [{ entity_name: 'movies', entity_version: '1' }] }
  await served.context.client()(CreateServingEndpoint, { name: 'e', config })
  const url = '/api/2.0/serving-endpoints/e/openapi'
  const { servers, paths } = (await served.app.inject({ url, headers: { host: 'localhost:81' } })).json()
  return { servers, paths: Object.keys(paths) }
}

const path = '/serving-endpoints/e/invocations'

test.each([
  ['', 'http://localhost:81', path],
  ['https://ml.example', 'https://ml.example', path],
  ['https://ml.example/cairn/', 'https://ml.example', `/cairn${path}`],
])('with the public URL %j the OpenAPI document names %s', async (publicUrl, server, endpoint) => {
  expect(await documentWith(publicUrl)).toEqual({ servers: [{ url: server }], paths: [endpoint] })
})
