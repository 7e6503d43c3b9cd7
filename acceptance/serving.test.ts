import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { api, send } from './harness/api.js'
import { root } from './harness/root.js'
import { type Server, startServer } from './harness/server.js'

const LINEAR = join(root, 'flavors/src/onnx/golden/linear')
/** The sign bytes of the four weights in the linear model. */
const SIGNS = [46, 50, 54, 58]
const ROW = { dataframe_records: [{ a: 1, b: 2, c: 3, d: 4 }] }
const PREDICTION = -3.786059856414795

describe('a serving endpoint', () => {
  let server: Server
  beforeAll(async () => {
    server = await startServer()
    await api(server.url).post('/api/2.0/mlflow/registered-models/create', { name: 'linear' })
  })
  afterAll(() => server?.[Symbol.asyncDispose]())

  /** Writes the linear model, or its negative, to `path` and registers it. @returns its version */
  async function register(path: string, sign: 1 | -1): Promise<string> {
    const graph = await readFile(join(LINEAR, 'model.onnx'))
    if (sign < 0) for (const at of SIGNS) graph[at]! ^= 0x80
    const files = { MLmodel: await readFile(join(LINEAR, 'MLmodel')), 'model.onnx': graph }
    for (const [name, body] of Object.entries(files)) {
      const put = await send(server.url, 'PUT', `/api/2.0/mlflow-artifacts/artifacts/${path}/${name}`, {
        body,
      })
      expect(put.status).toBe(200)
    }
    const { model_version } = await api(server.url).post<{ model_version: { version: string } }>(
      '/api/2.0/mlflow/model-versions/create',
      { name: 'linear', source: `mlflow-artifacts:/${path}` },
    )
    return model_version.version
  }

  const deploy = async (name: string, entity_version: string) => {
    const config = { served_entities: [{ entity_name: 'linear', entity_version }] }
    await api(server.url).post('/api/2.0/serving-endpoints', { name, config })
    await expect.poll(async () => (await query(name)).status).toBe(200)
  }
  const query = (name: string, body: object | string = ROW) =>
    send(server.url, 'POST', `/serving-endpoints/${name}/invocations`, {
      body,
      headers: { 'content-type': 'application/json' },
    })
  const predictionOf = async (name: string) =>
    (await query(name)).json<{ predictions: [{ Y: number }] }>().predictions[0].Y

  test('serves the files of its version when another version was logged to the same path', async () => {
    await deploy('first', await register('0/model', 1))
    expect(await predictionOf('first')).toBeCloseTo(PREDICTION, 6)
    await deploy('second', await register('0/model', -1))
    expect(await predictionOf('second')).toBeCloseTo(-PREDICTION, 6)
    expect(await predictionOf('first')).toBeCloseTo(PREDICTION, 6)
  })

  test('rejects input that is nested too deeply with 400, and goes on', async () => {
    await deploy('deep', await register('0/deep', 1))
    const nested = (depth: number) => `{"inputs": ${'['.repeat(depth)}1${']'.repeat(depth)}}`
    const answers = await Promise.all(Array.from({ length: 300 }, () => query('deep', nested(6_000))))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([400]))
    expect(await predictionOf('deep')).toBeCloseTo(PREDICTION, 6)
  })

  test('answers 4xx and the reason when its only configuration cannot be deployed', async () => {
    const config = { served_entities: [{ entity_name: 'linear', entity_version: '99' }] }
    await api(server.url).post('/api/2.0/serving-endpoints', { name: 'failing', config })
    await expect.poll(async () => (await query('failing')).status).toBe(400)
    expect((await query('failing')).json()).toMatchObject({
      error_code: 'INVALID_STATE',
      message: expect.stringMatching(/could not be deployed.*Version 99 of 'linear'/),
    })
  })

  test('answers in the Open Inference Protocol', async () => {
    await deploy('tensors', await register('0/tensors', 1))
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
    await deploy('described', await register('0/described', 1))
    await query('described')
    await query('described', '{}')
    const get = (document: string) =>
      send(server.url, 'GET', `/api/2.0/serving-endpoints/described/${document}`)
    const metrics = (await get('metrics')).text
    expect(metrics).toMatch(/^request_count_total\{.*\} [23]$/m)
    expect(metrics).toMatch(/^request_4xx_count_total\{.*\} 1$/m)
    expect(metrics).toMatch(/^model_prediction_latency_ms_bucket\{.*le="10".*\} \d+$/m)
    expect(JSON.stringify((await get('openapi')).json())).toContain('dataframe_split')
  })
})
