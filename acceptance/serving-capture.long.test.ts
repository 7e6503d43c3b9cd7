import { readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { api, send } from './harness/api.js'
import { freshFolder } from './harness/folder.js'
import { root } from './harness/root.js'
import { type Server, startServer } from './harness/server.js'
import { tokenOf } from './harness/tokens.js'
import { until } from './harness/until.js'

const LINEAR = join(root, 'flavors/src/onnx/golden/linear')
const ROW = { dataframe_records: [{ a: 1, b: 2, c: 3, d: 4 }] }
const UNITY = '/api/2.1/unity-catalog'
const ENDPOINTS = '/api/2.0/serving-endpoints'
const TABLE = { enabled: true, catalog_name: 'ml', schema_name: 'logs' }

/** Registers the linear model and creates the schema `ml.logs`. */
async function prepare({ url }: Server): Promise<void> {
  const { post } = api(url)
  await post('/api/2.0/mlflow/registered-models/create', { name: 'linear' })
  for (const name of ['MLmodel', 'model.onnx'])
    await send(url, 'PUT', `/api/2.0/mlflow-artifacts/artifacts/0/linear/${name}`, {
      body: await readFile(join(LINEAR, name)),
    })
  await post('/api/2.0/mlflow/model-versions/create', {
    name: 'linear',
    source: 'mlflow-artifacts:/0/linear',
  })
  await post(`${UNITY}/catalogs`, { name: 'ml' })
  await post(`${UNITY}/schemas`, { catalog_name: 'ml', name: 'logs' })
}

/** Creates an endpoint and waits until it is ready, without a query that could be recorded. */
async function deploy({ url }: Server, name: string, settings: object = {}): Promise<void> {
  const config = { served_entities: [{ name: 'main', entity_name: 'linear', entity_version: '1' }] }
  await api(url).post(ENDPOINTS, { name, config, ...settings })
  const state = () => api(url).get<{ state: { ready: string } }>(`${ENDPOINTS}/${name}`)
  await until(`${name} is ready`, async () => (await state()).state.ready === 'READY')
}

const query = ({ url }: Server, name: string, id: string, body: object | string = ROW, token?: string) =>
  send(url, 'POST', `/serving-endpoints/${name}/invocations`, {
    token,
    body,
    headers: { 'x-request-id': id, 'content-type': 'application/json' },
  })

/** The rows of a table by request id. */
async function rowsOf({ url }: Server, table: string, token?: string) {
  const path = `/api/cairn/v1/tables/ml.logs.${table}/rows`
  const { columns, rows } = await api(url, token).get<{ columns: { name: string }[]; rows: unknown[][] }>(
    path,
    {
      limit: 1000,
    },
  )
  return rows
    .map((row) => Object.fromEntries(columns.map(({ name }, at) => [name, row[at]])))
    .sort((a, b) => String(a.databricks_request_id).localeCompare(String(b.databricks_request_id)))
}
const idsIn = async (server: Server, table: string) =>
  (await rowsOf(server, table)).map((row) => row.databricks_request_id)

describe('a serving endpoint', () => {
  let server: Server
  const tokens: Record<string, string> = {}
  beforeAll(async () => {
    server = await startServer()
    await prepare(server)
    await deploy(server, 'movies')
    const { post } = api(server.url)
    for (const applicationId of ['web', 'ops']) {
      await post('/api/2.0/preview/scim/v2/ServicePrincipals', { applicationId })
      tokens[applicationId] = await tokenOf(server.url, applicationId)
    }
  })
  afterAll(() => server?.[Symbol.asyncDispose]())

  test('limits the rate of each user, and names the time to retry', async () => {
    await deploy(server, 'limited')
    const limits = { rate_limits: [{ calls: 2, key: 'user', renewal_period: 'minute' }] }
    await api(server.url).put(`${ENDPOINTS}/limited/rate-limits`, limits)
    const answers = [await query(server, 'limited', 'a'), await query(server, 'limited', 'b')]
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(answers.map(({ headers }) => headers.get('x-ratelimit-remaining'))).toEqual(['1', '0'])
    const refused = await query(server, 'limited', 'c')
    expect([refused.status, refused.json()]).toEqual([
      429,
      { error_code: 'REQUEST_LIMIT_EXCEEDED', message: expect.any(String) },
    ])
    expect(refused.headers.get('retry-after')).toMatch(/^([1-9]|[1-5]\d|60)$/)
  })

  test('admits a scoped token to its queries and nowhere else', async () => {
    const { post } = api(server.url)
    const scoped = (
      await post<{ token_value: string }>('/api/2.0/token/create', { scopes: ['serving:movies'] })
    ).token_value
    expect((await query(server, 'movies', 'x', ROW, scoped)).status).toBe(200)
    expect((await send(server.url, 'GET', '/v2/models/movies/ready', { token: scoped })).status).toBe(200)
    expect((await query(server, 'limited', 'x', ROW, scoped)).status).toBe(403)
    for (const [method, path] of [
      ['GET', `${ENDPOINTS}/movies`],
      ['GET', '/api/2.0/token/list'],
      ['POST', '/api/2.0/token/create'],
      ['POST', `${UNITY}/temporary-table-credentials`],
      ['GET', '/api/2.0/mlflow/experiments/search?max_results=1'],
      ['GET', '/metrics'],
    ] as const) {
      const answer = await send(server.url, method, path, {
        token: scoped,
        ...(method === 'POST' && { body: {} }),
      })
      expect([path, answer.status, answer.text]).toEqual([
        path,
        403,
        expect.stringContaining('serving:movies'),
      ])
    }
  })

  test('records each query in a table of the catalog, failed and limited ones too', async () => {
    const ai_gateway = {
      inference_table_config: TABLE,
      rate_limits: [{ calls: 3, renewal_period: 'minute' }],
    }
    await deploy(server, 'recorded', { ai_gateway })
    const dateNow = () => new Date().toISOString().slice(0, 10)
    const begun = dateNow()
    const good = await query(server, 'recorded', 'q1', { ...ROW, client_request_id: 'mine' })
    await query(server, 'recorded', 'q2', '{"inputs": ')
    await query(server, 'recorded', 'q3', ROW, tokens.web)
    expect((await query(server, 'recorded', 'q4')).status).toBe(200)
    expect((await query(server, 'recorded', 'q5')).status).toBe(429)
    await expect.poll(() => idsIn(server, 'recorded_payload')).toEqual(['q1', 'q2', 'q4', 'q5'])
    const [first, second, , limited] = await rowsOf(server, 'recorded_payload')
    expect(first).toMatchObject({
      client_request_id: 'mine',
      request_date: expect.toBeOneOf([begun, dateNow()]), // midnight may pass meanwhile
      status_code: 200,
      sampling_fraction: 1,
      request: JSON.stringify({ ...ROW, client_request_id: 'mine' }),
      response: good.text,
      logging_error_codes: [],
      requester: 'owner',
      served_entity: 'main',
      model_version: '1',
    })
    expect(second).toMatchObject({ status_code: 400, request: '{"inputs": ', served_entity: 'main' })
    expect(JSON.parse(String(second!.response))).toMatchObject({ error_code: expect.any(String) })
    expect(limited).toMatchObject({ status_code: 429, served_entity: null })
  })

  test('joins outcomes with the recorded answers', async () => {
    const path = '/api/cairn/v1/serving-endpoints/recorded/feedback'
    const { get, post } = api(server.url)
    const feedback = [
      { request_id: 'q4', outcome: { clicked: 1, minutes: 7.5 } },
      { client_request_id: 'mine', outcome: { clicked: 0 } },
      { request_id: 'q2', outcome: 1 },
    ]
    expect(await post(path, { feedback })).toEqual({ recorded: 4 })
    expect(await get(`${path}/summary`)).toMatchObject({
      variants: [
        {
          ...{ served_entity: 'main', version: '1', answers: 2 },
          outcomes: [
            {
              name: 'clicked',
              count: 2,
              mean: 0.5,
              interval: { low: expect.any(Number), high: expect.any(Number) },
            },
            { name: 'minutes', count: 1, mean: 7.5 },
          ],
        },
      ],
      differences: [],
      unmatched: 1,
    })
    const denied = await send(server.url, 'POST', path, {
      token: tokens.web,
      body: { request_id: 'q4', outcome: 1 },
    })
    expect(denied.status).toBe(404)
    const limited = path.replace('recorded', 'limited')
    expect((await send(server.url, 'POST', limited, { body: { request_id: 'q4', outcome: 1 } })).status).toBe(
      400,
    )
  })

  test('records only for principals that may create the table, which they own', async () => {
    const enable = (name: string, table: object = {}) =>
      send(server.url, 'PUT', `${ENDPOINTS}/${name}/ai-gateway`, {
        token: tokens.ops,
        body: { inference_table_config: { ...TABLE, ...table } },
      })
    const grant = (type: string, name: string, ...add: string[]) =>
      api(server.url).patch(`${UNITY}/permissions/${type}/${name}`, { changes: [{ principal: 'ops', add }] })
    const { id } = await api(server.url).get<{ id: string }>(`${ENDPOINTS}/movies`)
    await api(server.url).patch(`/api/2.0/permissions/serving-endpoints/${id}`, {
      access_control_list: [{ service_principal_name: 'ops', permission_level: 'CAN_MANAGE' }],
    })
    expect((await enable('movies')).status).toBe(403)
    await grant('catalog', 'ml', 'USE CATALOG')
    await grant('schema', 'ml.logs', 'USE SCHEMA', 'CREATE TABLE')
    const enabled = await enable('movies')
    expect([enabled.status, enabled.json()]).toEqual([200, { inference_table_config: TABLE }])
    const table = await api(server.url).get<{ owner: string }>(`${UNITY}/tables/ml.logs.movies_payload`)
    expect(table.owner).toBe('ops')
    await query(server, 'movies', 'first')
    await expect.poll(() => idsIn(server, 'movies_payload')).toEqual(['first'])
    const rows = '/api/cairn/v1/tables/ml.logs.movies_payload/rows'
    expect((await send(server.url, 'GET', rows, { token: tokens.ops })).status).toBe(200)
    expect((await send(server.url, 'GET', rows, { token: tokens.web })).status).toBe(403)
    await api(server.url).post(`${UNITY}/tables`, {
      ...{ catalog_name: 'ml', schema_name: 'logs', name: 'odd_payload', table_type: 'MANAGED' },
      columns: [{ name: 'id', type_name: 'LONG' }],
    })
    const forbidden = await enable('movies', { table_name_prefix: 'odd' })
    expect(forbidden.status).toBe(403)
    await grant('table', 'ml.logs.odd_payload', 'SELECT', 'MODIFY')
    const refused = await enable('movies', { table_name_prefix: 'odd' })
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining("'inference_table_config'")])
  })
})

test('rows survive kill -9, and none is written twice', async () => {
  const folder = await freshFolder()
  const ids = Array.from({ length: 20 }, (_, n) => `q${String(n).padStart(2, '0')}`)
  {
    await using server = await startServer({ folder })
    await prepare(server)
    await deploy(server, 'recorded', { ai_gateway: { inference_table_config: TABLE } })
    for (const id of ids.slice(0, 10)) await query(server, 'recorded', id)
    await expect.poll(async () => (await idsIn(server, 'recorded_payload')).length).toBe(10)
    for (const id of ids.slice(10)) await query(server, 'recorded', id)
    await expect
      .poll(async () => linesIn(folder) + (await idsIn(server, 'recorded_payload')).length)
      .toBeGreaterThanOrEqual(20)
    await server.stop('SIGKILL')
  }
  await using server = await startServer({ folder })
  await expect.poll(() => idsIn(server, 'recorded_payload')).toEqual(ids)
  await query(server, 'recorded', 'later')
  await server.stop()
  await using again = await startServer({ folder })
  expect(await idsIn(again, 'recorded_payload')).toEqual(['later', ...ids])
})

/** The number of rows in the local files of the server. */
function linesIn(folder: string): number {
  const files = readdirSync(join(folder, 'inference-tables'), { recursive: true, encoding: 'utf8' })
  return files
    .filter((name) => name.endsWith('.ndjson'))
    .map((name) => readFileSync(join(folder, 'inference-tables', name), 'utf8').split('\n').length - 1)
    .reduce((sum, lines) => sum + lines, 0)
}
