import Type from 'typebox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { operation } from '../protocol/operation.js'
import { Required } from '../protocol/wire.js'
import { type TestApp, testApp } from '../testing/app.js'
import { handle } from './handle.js'

const Note = Type.Object({ id: Required(), tags: Type.Optional(Type.Array(Type.String())) })
const read = { privilege: 'READ MODELS', on: 'metastore' } as const
const GetNote = operation({
  id: 'getNote',
  method: 'GET',
  path: '/api/2.0/mlflow/notes/{id}',
  summary: 'Get a note',
  right: read,
  input: Note,
  output: Note,
})
const PutNote = operation({
  id: 'putNote',
  method: 'POST',
  path: '/api/cairn/v1/notes',
  summary: 'Put a note',
  right: read,
  input: Note,
  output: Note,
})
const ReadTable = operation({
  id: 'readTable',
  method: 'GET',
  path: '/api/cairn/v1/undecided',
  summary: 'Forgets to decide',
  right: { privilege: 'SELECT', on: 'table' },
  input: Type.Object({}),
  output: Type.Object({}),
})

let served: TestApp
beforeAll(async () => {
  served = await testApp(async (app) => {
    handle(app, GetNote, async (input) => input)
    handle(app, PutNote, async (input) => input)
    handle(app, ReadTable, async () => ({}))
    app.get('/no-right', async () => 'secret')
    app.get<{ Params: { status: string } }>(
      '/refused/:status',
      { config: { right: 'anyone' } },
      async ({ params }) => {
        throw Object.assign(new Error('no'), { statusCode: Number(params.status) })
      },
    )
    app.get<{ Params: { '*': string } }>(
      '/files/*',
      { config: { right: 'anyone' } },
      async ({ params }, reply) => (params['*'] === 'missing' ? reply.callNotFound() : 'file'),
    )
    app.get('/broken', { config: { right: 'anyone' } }, async () => {
      throw new Error('password=hunter2')
    })
  })
})
afterAll(() => served.close())

const json = { 'content-type': 'application/json' }
const inject = (
  method: 'GET' | 'HEAD' | 'POST' | 'DELETE',
  url: string,
  options: { payload?: string; headers?: Record<string, string> } = {},
) => served.app.inject({ method, url, ...options })

describe('operation', () => {
  test('merges path and query parameters and accepts a list given once', async () => {
    const answer = await inject('GET', '/api/2.0/mlflow/notes/a%2Fb?tags=x')
    expect([answer.statusCode, answer.json()]).toEqual([200, { id: 'a/b', tags: ['x'] }])
  })

  test('serves MLflow operations under /ajax-api too, documented once', async () => {
    expect((await inject('GET', '/ajax-api/2.0/mlflow/notes/n')).json()).toEqual({ id: 'n' })
    const paths = Object.keys((await inject('GET', '/openapi.json')).json().paths)
    expect(paths).toContain('/api/2.0/mlflow/notes/{id}')
    expect(paths).not.toContain('/ajax-api/2.0/mlflow/notes/{id}')
  })

  test('can be called with the typed client over the network and in process', async () => {
    expect(await served.context.client()(GetNote, { id: 'x y', tags: ['1', '2'] })).toEqual({
      id: 'x y',
      tags: ['1', '2'],
    })
    await expect(served.context.client()(PutNote, { id: '' })).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
    })
  })

  test('accepts a name with half a surrogate pair as an unknown name', async () => {
    expect(await served.context.client()(GetNote, { id: 'a\ud800' })).toEqual({ id: 'a\ufffd' })
  })
})

describe('bad input is rejected with 4xx and the reason', () => {
  test.each([
    ['malformed JSON', { payload: '{"id":', headers: json }, 400, /not valid JSON/],
    ['a list for an object', { payload: '[1]', headers: json }, 400, /must be a JSON object/],
    ['no content type', { payload: '{"id":"a"}' }, 400, /Content-Type header is missing/],
    ['a NUL character', { payload: '{"id":"a\\\\\\u0000"}', headers: json }, 400, /NUL/],
    ['a NUL in JSON in JSON', { payload: '"{\\"id\\":\\"\\\\u0000\\"}"', headers: json }, 400, /NUL/],
    [
      'a NUL after millions of backslashes',
      { payload: `{"id":"${'\\\\'.repeat(1e6)}\\u0000"}`, headers: json },
      400,
      /NUL/,
    ],
    ['only null', { payload: 'null', headers: json }, 400, /'id'/],
    [
      'a type that a page may send without asking',
      { payload: '{"id":"a"}', headers: { 'content-type': 'text/plain; application/json' } },
      400,
      /Content-Type/,
    ],
    ['a missing field', { payload: '{}', headers: json }, 400, /'id'/],
    ['a wrong type', { payload: '{"id":5}', headers: json }, 400, /'id'.*'int'/],
    ['a fraction', { payload: '{"x": 1.0, "id": 5.0}', headers: json }, 400, /value 5\.0 for.*'id'.*'float'/],
    [
      'a wrong content type',
      { payload: '{"id":"a"}', headers: { 'content-type': 'text/plain' } },
      400,
      /Content-Type/,
    ],
    [
      'ten megabytes of brackets',
      { payload: '['.repeat(10_000_000), headers: json },
      400,
      /lists and objects/,
    ],
    [
      'a megabyte of text',
      { payload: `{"id":"a","x":"${'\\"'.repeat(600_000)}"}`, headers: json },
      200,
      /"a"/,
    ],
    [
      'a megabyte of JSON in JSON',
      { payload: JSON.stringify(JSON.stringify({ id: 'a', x: 'x'.repeat(1_100_000) })), headers: json },
      200,
      /"a"/,
    ],
    ['a megabyte of spaces', { payload: ' '.repeat(1_100_000), headers: json }, 400, /'id'/],
    [
      'a megabyte that is cut',
      { payload: `{"id":"${'x'.repeat(1_100_000)}`, headers: json },
      400,
      /not valid JSON/,
    ],
    [
      'nesting that is too deep',
      { payload: `{"id":"a","x":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, headers: json },
      400,
      /nested deeper than 200/,
    ],
    [
      'a body beyond the limit',
      { payload: `"${'x'.repeat(33 * 1024 * 1024)}"`, headers: json },
      413,
      /too large/i,
    ],
  ])('rejects or accepts %s', async (_what, options, status, message) => {
    const answer = await inject('POST', '/api/cairn/v1/notes', options)
    expect(answer.statusCode).toBe(status)
    expect(answer.body).toMatch(message)
  })

  test('rejects an unknown endpoint with 404 in JSON', async () => {
    const answer = await inject('GET', '/api/2.0/mlflow/nope')
    expect([answer.statusCode, answer.json().error_code]).toEqual([404, 'ENDPOINT_NOT_FOUND'])
    expect(Object.keys(answer.json())).toEqual(['error_code', 'message'])
    expect((await inject('GET', '/api/2.1/clusters/list')).json().message).toBe(
      'No endpoint GET /api/2.1/clusters/list. Cairn has no clusters: workers run the tasks of jobs.',
    )
  })
})

test('ignores additional leading slashes of a path', async () => {
  expect((await inject('GET', '//health')).body).toBe('OK')
})

test.each([
  ['GET', '/api/cairn/v1/notes', 'POST'],
  ['DELETE', '/api/2.0/mlflow/notes/n', 'GET, HEAD'],
  ['DELETE', '/api/2.0/mlflow/notes/n/?x=1', 'GET, HEAD'],
  ['POST', '/files/a/b/c', 'GET, HEAD'],
] as const)('rejects %s %s with 405 and lists the methods', async (method, url, allow) => {
  const answer = await inject(method, url)
  expect([answer.statusCode, answer.json().error_code, answer.headers.allow]).toEqual([
    405,
    'METHOD_NOT_ALLOWED',
    allow,
  ])
})

test.each(['/api/2.0/mlflow/notes', '/api/2.0/mlflow/notes/n/more', '/filesx'])(
  'rejects a path beside known ones with 404: %s',
  async (url) => {
    expect((await inject('DELETE', url)).statusCode).toBe(404)
  },
)

test('rejects a missing file with 404, although its folder has a route', async () => {
  expect((await inject('GET', '/files/missing')).statusCode).toBe(404)
})

describe('access', () => {
  test('denies everyone a route without a right', async () => {
    expect((await inject('GET', '/no-right')).statusCode).toBe(403)
  })

  test('fails a request on which no decision was made', async () => {
    const answer = await inject('GET', '/api/cairn/v1/undecided')
    expect(answer.statusCode).toBe(500)
  })

  test('authenticates the local owner without a token, and the owner of a valid token', async () => {
    const { identities, tokens } = served.context
    const ada = await identities.create('user', 'ada@example.org')
    const { secret } = await tokens.issue(ada.id, 'test')
    const as = (authorization: string) =>
      inject('GET', '/api/2.0/mlflow/notes/n', { headers: { authorization } })
    expect((await as(`Bearer ${secret}`)).json()).toMatchObject({
      error_code: 'PERMISSION_DENIED',
      message: expect.stringMatching(/lacks READ MODELS on metastore.*Ask 'owner'/),
    })
    await served.context.grants.change(
      served.context.authorizer.metastore[0],
      [{ principal_id: ada.id, add: ['READ MODELS'], remove: [] }],
      ada,
    )
    expect((await as(`Bearer ${secret}`)).statusCode).toBe(200)
    expect((await as(`Basic ${Buffer.from(`ada:${secret}`).toString('base64')}`)).statusCode).toBe(200)
    expect((await as('Bearer cairn_forged')).statusCode).toBe(401)
  })

  test('rejects a foreign Host or Origin, except for the health check', async () => {
    expect(
      (await inject('GET', '/api/2.0/mlflow/notes/n', { headers: { host: 'evil.com' } })).statusCode,
    ).toBe(403)
    expect(
      (
        await inject('POST', '/api/cairn/v1/notes', {
          payload: '{"id":"a"}',
          headers: { ...json, origin: 'http://evil.com' },
        })
      ).statusCode,
    ).toBe(403)
    expect(
      (
        await inject('POST', '/api/cairn/v1/notes', {
          payload: '{"id":"a"}',
          headers: { ...json, origin: 'http://localhost:3000' },
        })
      ).statusCode,
    ).toBe(200)
    expect((await inject('GET', '/health', { headers: { host: 'evil.com' } })).body).toBe('OK')
  })

  test('lets a page of the private network write only to its own server', async () => {
    const write = async (origin: string, host: string) =>
      (
        await inject('POST', '/api/cairn/v1/notes', {
          payload: '{"id":"a"}',
          headers: { ...json, origin, host },
        })
      ).statusCode
    expect(await write('http://192.168.1.7', '127.0.0.1:5000')).toBe(403)
    expect(await write('http://192.168.1.7:8080', '192.168.1.7:5000')).toBe(403)
    expect(await write('null', '127.0.0.1:5000')).toBe(403)
    expect(await write('http://192.168.1.7:5000', '192.168.1.7:5000')).toBe(200)
    expect(await write('http://localhost:3000', '192.168.1.7:5000')).toBe(200)
  })
})

test('renders errors of the framework like its own', async () => {
  for (const [status, error_code] of [
    [403, 'PERMISSION_DENIED'],
    [412, 'PRECONDITION_FAILED'],
    [416, 'RANGE_NOT_SATISFIABLE'],
  ] as const) {
    const refused = await served.app.inject(`/refused/${status}`)
    expect([refused.statusCode, refused.json()]).toEqual([status, { error_code, message: 'no' }])
  }
  const undecodable = await served.app.inject('/api/2.0/mlflow/notes/%ff')
  expect([undecodable.statusCode, undecodable.json()]).toEqual([
    400,
    { error_code: 'INVALID_PARAMETER_VALUE', message: expect.stringContaining('%ff') },
  ])
})

test('requires authentication for metrics', async () => {
  const url = '/metrics'
  expect((await served.app.inject({ url, headers: { authorization: 'Bearer no' } })).statusCode).toBe(401)
  expect((await served.app.inject({ url })).body).toContain('cairn_http_request_duration_seconds')
})

test('allows cross-origin reads by pages of this machine and rejects other preflights', async () => {
  const ask = (origin: string) =>
    served.app.inject({
      method: 'OPTIONS',
      url: '/api/2.0/mlflow/notes/n',
      headers: { origin, 'access-control-request-method': 'POST' },
    })
  const allowed = await ask('http://localhost:3000')
  expect([allowed.statusCode, allowed.headers['access-control-allow-origin']]).toEqual([
    200,
    'http://localhost:3000',
  ])
  for (const origin of ['http://evil.com', 'http://192.168.1.7']) {
    const refused = await ask(origin)
    expect([refused.statusCode, refused.headers['access-control-allow-origin']]).toEqual([400, undefined])
  }
})

test('rejects a workspace header', async () => {
  const answer = await inject('GET', '/api/2.0/mlflow/notes/n', { headers: { 'x-mlflow-workspace': 'w' } })
  expect([answer.statusCode, answer.json().error_code]).toEqual([400, 'FEATURE_DISABLED'])
})

test('hides the cause of an internal error and returns the request id', async () => {
  const answer = await inject('GET', '/broken', { headers: { 'x-request-id': 'abc-1' } })
  expect(answer.statusCode).toBe(500)
  expect(answer.json()).toMatchObject({ error_code: 'INTERNAL_ERROR', request_id: 'abc-1' })
  expect(answer.body).not.toContain('hunter2')
})

test('continues the caller’s trace and labels metrics with the route', async () => {
  const traceId = 'a'.repeat(32)
  const answer = await inject('GET', '/api/2.0/mlflow/notes/n', {
    headers: { traceparent: `00-${traceId}-${'b'.repeat(16)}-01` },
  })
  expect(answer.headers.traceparent).toMatch(new RegExp(`^00-${traceId}-`))
  expect((await inject('GET', '/metrics')).body).toContain('route="/api/2.0/mlflow/notes/:id"')
})

test('serves the API documentation without authentication', async () => {
  const page = await inject('GET', '/docs/')
  expect([page.statusCode, page.headers['content-type']]).toEqual([200, expect.stringContaining('text/html')])
  expect(page.headers['content-security-policy']).toMatch(/default-src 'self'.*script-src 'self'/)
  expect((await inject('GET', '/docs/json')).json().paths).toHaveProperty(['/api/cairn/v1/notes'])
  const file = await inject('GET', '/docs/static/swagger-ui.css')
  expect([file.statusCode, file.headers['content-type']]).toEqual([200, 'text/css; charset=utf-8'])
  const { etag } = file.headers
  const again = await inject('GET', '/docs/static/swagger-ui.css', {
    headers: { 'if-none-match': String(etag) },
  })
  expect([again.statusCode, again.body]).toEqual([304, ''])
  const head = await inject('HEAD', '/docs/static/swagger-ui.css')
  expect([head.statusCode, head.body]).toEqual([200, ''])
  expect((await inject('GET', '/docs/static/../../package.json')).statusCode).toBe(404)
  expect((await inject('GET', '/docs/none')).json()).toMatchObject({ error_code: 'ENDPOINT_NOT_FOUND' })
})

test('lets no shared cache keep what callers may see', async () => {
  const answer = await inject('GET', '/api/2.0/mlflow/notes/n')
  expect(answer.headers['cache-control']).toBe('private, no-cache')
})
