import { type TestApp, testApp } from '@cairn/platform/testing/app'
import { afterEach, expect, test } from 'vitest'
import { registry } from '../plugin.js'

let served: TestApp
afterEach(() => served.close())

const serve = async (pattern: string) => {
  served = await testApp(async (app, ground) => {
    const config = { ...ground.config, model_version_source_pattern: pattern }
    await app.register(registry, { ground: { ...ground, config } })
  })
}
const post = async (path: string, payload: object) => {
  const answer = await served.app.inject({ method: 'POST', url: `/api/2.0/mlflow/${path}`, payload })
  return { status: answer.statusCode, ...answer.json() }
}

test('a server may take sources of one shape only', async () => {
  await serve('^mlflow-artifacts:/.*$')
  await post('registered-models/create', { name: 'm' })
  const version = (source: string) => post('model-versions/create', { name: 'm', source })
  expect((await version('mlflow-artifacts:/1/run/artifacts/model')).status).toBe(200)
  expect(await version('s3://path/to/model')).toMatchObject({
    status: 400,
    error_code: 'INVALID_PARAMETER_VALUE',
    message: expect.stringContaining("Invalid model version source: 's3://path/to/model'"),
  })
})

test('a file URI of another machine is refused', async () => {
  await serve('')
  await post('registered-models/create', { name: 'm' })
  const source = 'file://123.456.789.123/path/to/source'
  expect(await post('model-versions/create', { name: 'm', source })).toMatchObject({
    status: 400,
    message: expect.stringContaining('is not a valid remote uri'),
  })
})
