import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { api, send } from './harness/api.js'
import { type Server, startServer } from './harness/server.js'
import { linearModels, PREDICTION } from './serving/linear-model.js'

describe('a serving endpoint', () => {
  let server: Server
  let models: ReturnType<typeof linearModels>
  beforeAll(async () => {
    server = await startServer()
    models = linearModels(server.url)
    await models.create()
  })
  afterAll(() => server?.[Symbol.asyncDispose]())

  test('serves the files of its version when another version was logged to the same path', async () => {
    await models.deploy('first', await models.register('0/model', 1))
    expect(await models.predictionOf('first')).toBeCloseTo(PREDICTION, 6)
    await models.deploy('second', await models.register('0/model', -1))
    expect(await models.predictionOf('second')).toBeCloseTo(-PREDICTION, 6)
    expect(await models.predictionOf('first')).toBeCloseTo(PREDICTION, 6)
  })

  test('rejects input that is nested too deeply with 400, and stays up', async () => {
    await models.deploy('deep', await models.register('0/deep', 1))
    const nested = (depth: number) => `{"inputs": ${'['.repeat(depth)}1${']'.repeat(depth)}}`
    const answers = await Promise.all(Array.from({ length: 300 }, () => models.query('deep', nested(6_000))))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([400]))
    expect(await models.predictionOf('deep')).toBeCloseTo(PREDICTION, 6)
  })

  test('answers 4xx and the reason when its only configuration cannot be deployed', async () => {
    const config = { served_entities: [{ entity_name: 'linear', entity_version: '99' }] }
    await api(server.url).post('/api/2.0/serving-endpoints', { name: 'failing', config })
    await expect.poll(async () => (await models.query('failing')).status).toBe(400)
    expect((await models.query('failing')).json()).toMatchObject({
      error_code: 'INVALID_STATE',
      message: expect.stringMatching(/could not be deployed.*Version 99 of 'linear'/),
    })
  })

  test('answers in the Open Inference Protocol', async () => {
    await models.deploy('tensors', await models.register('0/tensors', 1))
    const infer = (body: object) =>
      send(server.url, 'POST', '/v2/models/tensors/infer', {
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      })
    const column = (name: string, value: number) => ({ name, shape: [1], datatype: 'FP32', data: [value] })
    const inputs = [column('a', 1), column('b', 2), column('c', 3), column('d', 4)]
    const answer = await infer({ id: '7', parameters: { content_type: 'pd' }, inputs })
    expect(answer.json()).toMatchObject({
      model_name: 'tensors',
      id: '7',
      outputs: [{ name: 'Y', shape: [1] }],
    })
    expect(answer.headers.get('served-model-name')).toMatch(/^linear-/)
    expect(answer.json<{ outputs: [{ data: number[] }] }>().outputs[0].data[0]).toBeCloseTo(PREDICTION, 5)
    const refused = await infer({ inputs: [column('a', 1)] })
    expect(refused.status).toBe(400)
    expect(refused.json()).toEqual({ error: expect.any(String) })
    const get = (path: string) => send(server.url, 'GET', `/v2${path}`)
    expect((await get('/models/tensors')).json()).toMatchObject({ name: 'tensors', platform: 'onnx_onnxv1' })
    expect((await get('/models/tensors/ready')).json()).toEqual({ name: 'tensors', ready: true })
    expect((await get('/models/nothing')).status).toBe(404)
    expect((await get('/health/ready')).json()).toEqual({ ready: true })
  })

  test('describes itself: metrics in the names of Databricks, and OpenAPI with the columns of the model', async () => {
    await models.deploy('described', await models.register('0/described', 1))
    await models.query('described')
    await models.query('described', '{}')
    const get = (document: string) =>
      send(server.url, 'GET', `/api/2.0/serving-endpoints/described/${document}`)
    const metrics = (await get('metrics')).text
    expect(metrics).toMatch(/^request_count_total\{.*\} [23]$/m)
    expect(metrics).toMatch(/^request_4xx_count_total\{.*\} 1$/m)
    expect(metrics).toMatch(/^model_prediction_latency_ms_bucket\{.*le="10".*\} \d+$/m)
    expect(JSON.stringify((await get('openapi')).json())).toContain('dataframe_split')
  })
})
