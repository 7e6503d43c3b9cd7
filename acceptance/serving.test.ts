import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { api, send } from './harness/api.js'
import { type Server, startServer } from './harness/server.js'
import { linearModels, PREDICTION } from './serving/linear-model.js'

const ENDPOINTS = '/api/2.0/serving-endpoints'

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
    // More in all than may wait, and fewer at a time
    for (let round = 0; round < 3; round++) {
      const answers = await Promise.all(
        Array.from({ length: 100 }, () => models.query('deep', nested(6_000))),
      )
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([400]))
    }
    expect(await models.predictionOf('deep')).toBeCloseTo(PREDICTION, 6)
  })

  test.each([
    ['version', { entity_name: 'linear', entity_version: '99' }, /linear.*99/],
    ['alias', { entity_name: 'linear', entity_version: '@nobody' }, /nobody/],
    ['model', { entity_name: 'nobody', entity_version: '1' }, /nobody/],
  ])('is not created or changed for a missing %s', async (_, entity, reason) => {
    const served_entities = [{ name: 'main', ...entity }]
    const refused = [
      await send(server.url, 'POST', ENDPOINTS, { body: { name: 'absent', config: { served_entities } } }),
      await send(server.url, 'PUT', `${ENDPOINTS}/first/config`, { body: { served_entities } }),
    ]
    for (const answer of refused) {
      expect(answer.status).toBe(404)
      const { error_code, message } = answer.json<{ error_code: string; message: string }>()
      expect(error_code).toBe('RESOURCE_DOES_NOT_EXIST')
      expect(message).toMatch(/^Served entity 'main': /)
      expect(message).toMatch(reason)
    }
    expect((await send(server.url, 'GET', `${ENDPOINTS}/absent`)).status).toBe(404)
  })

  test('is refused for a version that is too large, by the name of its entity', async () => {
    const served_entities = [{ name: 'main', entity_name: 'linear', entity_version: '9'.repeat(20) }]
    const answer = await send(server.url, 'POST', ENDPOINTS, {
      body: { name: 'absent', config: { served_entities } },
    })
    expect([answer.status, answer.text]).toEqual([
      400,
      expect.stringMatching(/Served entity 'main': .*'version'/),
    ])
  })

  test('answers 4xx and the reason when its only configuration cannot be deployed', async () => {
    const { model_version } = await api(server.url).post<{ model_version: { version: string } }>(
      '/api/2.0/mlflow/model-versions/create',
      { name: 'linear', source: 'mlflow-artifacts:/0/nothing' },
    )
    const config = { served_entities: [{ entity_name: 'linear', entity_version: model_version.version }] }
    await api(server.url).post(ENDPOINTS, { name: 'failing', config })
    await expect.poll(async () => (await models.query('failing')).status).toBe(400)
    expect((await models.query('failing')).json()).toMatchObject({
      error_code: 'INVALID_STATE',
      message: expect.stringMatching(/could not be deployed.*Version \d+ of 'linear'.*no model files/),
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
