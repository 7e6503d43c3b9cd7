import { METASTORE } from '@cairn/platform/auth/metastore'
import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import type { Privilege } from '@cairn/platform/protocol/privileges'
import { type TestApp, testApp } from '@cairn/platform/testing/app'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { registry } from '../plugin.js'

let served: TestApp
beforeAll(async () => {
  served = await testApp(async (app, context) => void (await app.register(registry, { context })))
  await served.context.blobs.put('a.txt', Buffer.from('abcdefg'))
  await served.context.blobs.put('1/model/MLmodel', Buffer.from('flavors: {}'))
  await post('registered-models/create', { name: 'm' })
  for (const source of ['mlflow-artifacts:', 'mlflow-artifacts:/1/model', 's3://elsewhere/model'])
    await post('model-versions/create', { name: 'm', source })
})
afterAll(() => served.close())

const post = async (path: string, payload: object) => {
  const answer = await served.app.inject({ method: 'POST', url: `/api/2.0/mlflow/${path}`, payload })
  expect(answer.statusCode).toBe(200)
}
const get = (query: Record<string, string>, headers = {}) =>
  served.app.inject({ url: `/model-versions/get-artifact?${new URLSearchParams(query)}`, headers })

test('sends a file of a version as a download, below any root', async () => {
  const file = await get({ name: 'm', version: '1', path: 'a.txt' })
  expect([file.statusCode, file.body]).toEqual([200, 'abcdefg'])
  const model = await get({ name: 'm', version: '2', path: 'MLmodel' })
  expect(model.body).toBe('flavors: {}')
  expect(model.headers).toMatchObject({
    'content-type': 'text/plain',
    'content-disposition': 'attachment; filename=MLmodel',
    'content-security-policy': "sandbox; default-src 'none'",
    'x-content-type-options': 'nosniff',
  })
})

test.each([
  [{ name: 'm', version: '1', path: 'absent' }, 404],
  [{ name: 'm', version: '9', path: 'a.txt' }, 404],
  [{ name: 'none', version: '1', path: 'a.txt' }, 404],
  [{ name: 'm', version: 'x', path: 'a.txt' }, 400],
  [{ name: 'm', version: '1' }, 400],
  [{ version: '1', path: 'a.txt' }, 400],
  [{ name: 'm', path: 'a.txt' }, 400],
  [{ name: 'm', version: '2', path: '../../a.txt' }, 400],
  [{ name: 'none', version: '1', path: '../a.txt' }, 400],
  [{ name: 'm', version: '2', path: '%2e%2e/%2e%2e/a.txt' }, 400],
  [{ name: 'm', version: '1', path: '1/model' }, 400],
  [{ name: 'm', version: '3', path: 'MLmodel' }, 400],
  [{ name: 'm', version: '1', path: 'tables/t/part.parquet' }, 403],
] as const)('responds to %j with %i', async (query, status) => {
  expect((await get(query as Record<string, string>)).statusCode).toBe(status)
})

test('requires the privilege to read artifacts, not only models', async () => {
  const { identities, grants, tokens } = served.context
  const reader = await identities.create('user', 'reader@example.com')
  const { secret } = await tokens.issue(reader.id, 'reads')
  const read = async () =>
    (await get({ name: 'm', version: '1', path: 'a.txt' }, { authorization: `Bearer ${secret}` })).statusCode
  const grant = (privilege: Privilege) =>
    grants.change(METASTORE[0]!, [{ principal_id: reader.id, add: [privilege], remove: [] }], LOCAL_OWNER)
  expect(await read()).toBe(404) // as if the model did not exist
  await grant('READ MODELS')
  expect(await read()).toBe(403)
  await grant('READ EXPERIMENTS')
  expect(await read()).toBe(200)
})
