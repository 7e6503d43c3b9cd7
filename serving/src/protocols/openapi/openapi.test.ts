import { loadModel } from '@cairn/flavors/load'
import type { Signature } from '@cairn/flavors/mlmodel/signature'
import { predict } from '@cairn/flavors/testing/predict'
import { writeFolder } from '@cairn/flavors/testing/write-folder'
import { anXgboostModel } from '@cairn/flavors/testing/xgboost-model'
import { xgboostFiles } from '@cairn/flavors/xgboost/artifact'
import { newFolder } from '@cairn/platform/testing/folders'
import Fastify from 'fastify'
import { describe, expect, test } from 'vitest'
import { openApiDocument } from './openapi.js'

interface Document {
  readonly servers: readonly unknown[]
  readonly paths: Record<string, { post: Operation }>
}
interface Content {
  readonly content: { readonly 'application/json': { readonly schema: object; readonly example?: unknown } }
}
interface Operation {
  readonly requestBody: Content
  readonly responses: Record<string, Content>
}

const URL_ = 'https://cairn.example/serving-endpoints/movies/invocations'

function documented(signature?: Signature, inputExample?: unknown) {
  const endpoint = { name: 'movies', url: URL_, ...(signature && { signature }), inputExample }
  const document = openApiDocument(endpoint) as unknown as Document
  const { post } = document.paths['/serving-endpoints/movies/invocations']!
  return { document, request: post.requestBody.content['application/json'], responses: post.responses }
}

/** Validates values against a schema with Fastify's validator. */
async function accepts(schema: object, body: unknown): Promise<boolean> {
  const app = Fastify({
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, strict: false } },
  })
  app.post('/', { schema: { body: schema } }, () => ({}))
  const { statusCode } = await app.inject({ method: 'POST', url: '/', payload: body as object })
  await app.close()
  return statusCode === 200
}

const signature: Signature = {
  inputs: [
    { type: 'long', name: 'n' },
    { type: 'double', name: 'x' },
    { type: 'array', name: 'tags', items: { type: 'string' }, required: false },
  ],
  outputs: [
    { type: 'long', name: 'label' },
    { type: 'double', name: 'score' },
  ],
  params: [
    { name: 'k', type: 'long', default: 10 },
    { name: 'weights', type: 'double', default: [1], shape: [-1] },
  ],
}

test('has the URL, the example and the error responses of the endpoint', () => {
  const example = { inputs: [[1, 2]] }
  const { document, request, responses } = documented(signature, example)
  expect(document).toMatchObject({
    openapi: '3.1.0',
    info: { title: 'movies' },
    servers: [{ url: 'https://cairn.example' }],
  })
  expect(request.example).toEqual(example)
  expect(Object.keys(responses)).toEqual([
    '200',
    '400',
    '401',
    '403',
    '404',
    '413',
    '415',
    '429',
    '503',
    '504',
  ])
})

describe('the schema of requests to a model of columns', () => {
  const { schema } = documented(signature).request
  const row = { n: 1, x: 0.5, tags: ['a'] }

  test.each([
    { dataframe_records: [row, { n: 2, x: null }, { ...row, other: 1 }] },
    { dataframe_split: { columns: ['n', 'x'], data: [[1, 2]], index: [0] } },
    { instances: [row] },
    { inputs: { n: [1], x: [0.5] } },
    { inputs: row },
    { inputs: [row], params: { k: 3, weights: [0.5] }, client_request_id: 'c' },
  ])('accepts %j', async (body) => {
    expect(await accepts(schema, body)).toBe(true)
  })

  test.each([
    {},
    { dataframe_records: [row], inputs: [row] },
    { dataframe_records: [{ n: 1 }] },
    { dataframe_records: [{ n: null, x: 1 }] },
    { dataframe_records: [{ ...row, tags: [1] }] },
    { dataframe_split: { columns: ['n'] } },
    { dataframe_split: { data: [], other: 1 } },
    { inputs: [row], params: { k: 'x' } },
  ])('rejects %j', async (body) => {
    expect(await accepts(schema, body)).toBe(false)
  })
})

test('the schema of requests to a model of tensors has their shapes', async () => {
  const spec = { dtype: 'float32', shape: [-1, 2] }
  const tensors = { inputs: [{ type: 'tensor', name: 'X', 'tensor-spec': spec }] }
  const { schema } = documented(tensors).request
  expect(await accepts(schema, { inputs: { X: [[1, 2]] } })).toBe(true)
  expect(await accepts(schema, { inputs: { X: [[1, 2, 3]] } })).toBe(false)
  expect(await accepts(schema, { dataframe_records: [{ X: [1, 2] }] })).toBe(true)
  const unnamed = documented({ inputs: [{ type: 'tensor', 'tensor-spec': spec }] }).request.schema
  expect(await accepts(unnamed, { inputs: [[1, null]] })).toBe(true)
  expect(await accepts(unnamed, { inputs: [[1]] })).toBe(false)
})

test.each<[Signature | undefined, unknown, unknown]>([
  [undefined, [1], undefined],
  [signature, [{ label: 1, score: 0.5 }], [{ label: 'x', score: 1 }]],
  [{ outputs: [{ type: 'tensor', 'tensor-spec': { dtype: 'float32', shape: [-1] } }] }, [0.5], [[0.5]]],
  [{ outputs: [{ type: 'long' }] }, [1], [1.5]],
  [
    { outputs: [{ type: 'tensor', name: 'Y', 'tensor-spec': { dtype: 'int64', shape: [-1, 1] } }] },
    { Y: [[1]] },
    { Y: [1] },
  ],
])('the schema of predictions of %j', async (types, good, bad) => {
  const { schema } = documented(types).responses[200]!.content['application/json']
  expect(await accepts(schema, { predictions: good })).toBe(true)
  if (bad !== undefined) expect(await accepts(schema, { predictions: bad })).toBe(false)
})

test('describes the requests and responses of a model by its own example', async () => {
  const folder = newFolder()
  const booster = { ...anXgboostModel({ features: 3, trees: 4 }), featureNames: ['a', 'b', 'c'] }
  const files = xgboostFiles(booster, { inputExample: [{ a: 1, b: 2, c: 3 }] })
  await writeFolder(folder, files)
  const model = await loadModel(folder)
  const example = JSON.parse(String(files['serving_input_example.json'])) as object
  const { request, responses } = documented(model.signature, example)
  expect(await accepts(request.schema, example)).toBe(true)
  const predictions = await predict(model, example)
  expect(await accepts(responses[200]!.content['application/json'].schema, { predictions })).toBe(true)
})
