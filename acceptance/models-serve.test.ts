import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { api, send } from './harness/api.js'
import { root } from './harness/root.js'
import { runProcess } from './harness/run-process.js'
import { killScoringServers, type ScoringServer, serveModel } from './harness/scoring-server.js'
import { cairn, MLFLOW_ONLY, type Server, startServer } from './harness/server.js'

interface Exchange {
  readonly name: string
  readonly request: { readonly content_type: string; readonly body: string | { readonly hex: string } }
  readonly status: number
  readonly response: string
}

const recorded = (name: string) =>
  gunzipSync(readFileSync(join(root, 'flavors/src/xgboost/testing/golden/serving', `${name}.gz`)))
const exchanges = recorded('exchanges.jsonl').toString().trim().split('\n')
const cases = exchanges.map((line) => JSON.parse(line) as Exchange).map((one) => [one.name, one] as const)

/** MLflow answers the first with 500, and compares media types by case, which RFC 9110 forbids. */
const BETTER_STATUS: Readonly<Record<string, number>> = { invalid_utf8: 400, ct_upper: 200 }
const ROW = { dataframe_records: [{ a: 1, b: 2, c: 3, d: 4 }] }
const PREDICTIONS = { predictions: [0.9995771050453186] }

afterAll(killScoringServers)

const invoke = (url: string, body: unknown = ROW) => send(url, 'POST', '/invocations', { body })

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cairn-scoring-'))
  for (const name of ['MLmodel', 'model.ubj']) await writeFile(join(folder, name), recorded(name))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('cairn models serve of a local folder', () => {
  let server: ScoringServer
  beforeAll(async () => {
    server = await serveModel(folder)
  })
  afterAll(() => server?.stop())

  test.each(cases)('%s is answered like by MLflow', async (name, exchange) => {
    const { content_type, body } = exchange.request
    const bytes = typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.hex, 'hex')
    const response = await send(server.url, 'POST', '/invocations', {
      body: bytes,
      headers: { 'content-type': content_type },
    })
    const status = BETTER_STATUS[name] ?? exchange.status
    expect(response.status).toBe(status)
    if (exchange.status === 200) expect(response.json()).toEqual(JSON.parse(exchange.response))
    else if (status === 415) expect(response.headers.get('content-type')).toMatch(/^text\/plain/)
    else if (name === 'ct_upper') expect(response.json()).toEqual(PREDICTIONS)
    else expect(response.json()).toEqual({ error_code: expect.any(String), message: expect.any(String) })
  })

  test('rejects a body without a Content-Type with 415, where MLflow answers 500', async () => {
    const status = await new Promise((resolve, reject) => {
      const request = httpRequest(`${server.url}/invocations`, { method: 'POST' })
      request.once('error', reject).once('response', (response) => resolve(response.resume().statusCode))
      request.end(JSON.stringify(ROW))
    })
    expect(status).toBe(415)
  })

  test.each(['/ping', '/health'])('answers GET %s with 200 and a newline', async (path) => {
    const response = await send(server.url, 'GET', path)
    expect([response.status, response.text]).toEqual([200, '\n'])
  })

  test('answers GET /version with the version as text', async () => {
    expect((await send(server.url, 'GET', '/version')).text).toMatch(/^\d+\.\d+\.\d+/)
  })

  test.each([
    ['GET', '/invocations', 405],
    ['POST', '/ping', 405],
    ['GET', '/nothing', 404],
  ])('answers %s %s with %i in the form of MLflow', async (method, path, status) => {
    const response = await send(server.url, method, path)
    expect(response.status).toBe(status)
    expect(response.json()).toMatchObject({ error_code: expect.any(String), message: expect.any(String) })
  })

  test('rejects the Host header of another site, which may be DNS rebinding', async () => {
    const status = await new Promise((resolve, reject) => {
      const headers = { host: 'attacker.example', 'content-type': 'application/json' }
      const request = httpRequest(`${server.url}/invocations`, { method: 'POST', headers })
      request.once('error', reject).once('response', (response) => resolve(response.resume().statusCode))
      request.end(JSON.stringify(ROW))
    })
    expect(status).toBe(403)
  })
})

test('finishes the requests that it has received when it is stopped, and exits with 0', async () => {
  const server = await serveModel(folder)
  const body = Buffer.from(JSON.stringify(ROW))
  const status = new Promise((resolve, reject) => {
    const request = httpRequest(`${server.url}/invocations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': body.length, expect: '100-continue' },
    })
    request.once('error', reject).once('response', (response) => resolve(response.resume().statusCode))
    // The server answers with `100 Continue` once the request is running.
    request.once('continue', () => {
      server.child.stderr?.once('data', () => request.end(body))
      server.child.kill('SIGTERM')
    })
    request.flushHeaders()
  })
  expect(await status).toBe(200)
  expect(await server.stop()).toBe(0)
})

test('warns when other machines can reach it, and explains options of MLflow without effect', async () => {
  const args = ['-h', '0.0.0.0', '--env-manager', 'local', '--no-conda', '-w', '4', '--install-mlflow']
  const server = await serveModel(folder, args)
  expect((await invoke(server.url.replace('0.0.0.0', '127.0.0.1'))).json()).toEqual(PREDICTIONS)
  for (const message of [
    /Requests are not authenticated/,
    /--env-manager, --no-conda has no effect/,
    /--workers has no/,
  ])
    await expect.poll(() => server.stderr()).toMatch(message)
  expect(await server.stop()).toBe(0)
})

describe('cairn models serve of a model on a server', () => {
  let tracking: Server
  let runId: string
  beforeAll(async () => {
    tracking = await startServer({ args: MLFLOW_ONLY })
    const { post } = api(tracking.url)
    const created = await post<{ run: { info: { run_id: string; artifact_uri: string } } }>(
      '/api/2.0/mlflow/runs/create',
      { experiment_id: '0' },
    )
    const { run_id, artifact_uri } = created.run.info
    runId = run_id
    const path = artifact_uri.replace('mlflow-artifacts:/', '')
    for (const name of ['MLmodel', 'model.ubj'])
      await send(tracking.url, 'PUT', `/api/2.0/mlflow-artifacts/artifacts/${path}/model/${name}`, {
        body: recorded(name),
      })
    await post('/api/2.0/mlflow/registered-models/create', { name: 'recorded' })
    const source = `${artifact_uri}/model`
    await post('/api/2.0/mlflow/model-versions/create', { name: 'recorded', source })
    await post('/api/2.0/mlflow/registered-models/alias', {
      name: 'recorded',
      alias: 'champion',
      version: '1',
    })
  })
  afterAll(() => tracking?.[Symbol.asyncDispose]())

  test.each([
    ['a version', () => 'models:/recorded/1'],
    ['an alias', () => 'models:/recorded@champion'],
    ['the latest version', () => 'models:/recorded/latest'],
    ['a run', () => `runs:/${runId}/model`],
    ['an artifact URI', () => `mlflow-artifacts:/0/${runId}/artifacts/model`],
  ])('serves the model of %s', async (_, uri) => {
    const server = await serveModel(uri(), [], { MLFLOW_TRACKING_URI: tracking.url })
    expect((await invoke(server.url)).json()).toEqual(PREDICTIONS)
    expect(await server.stop()).toBe(0)
  })
})

test.each([
  ['a folder that does not exist', ['-m', '/nowhere/model'], 3, /Folder '\/nowhere\/model' does not exist/],
  ['a model without a version', ['-m', 'models:/movies'], 2, /models:\/NAME\/VERSION/],
  ['no model', [], 2, /required option '-m, --model-uri <uri>'/],
])('ends with a message for %s', async (_, args, code, message) => {
  const finished = await runProcess(process.execPath, [cairn, 'models', 'serve', '-p', '0', ...args])
  expect(finished.stderr).toMatch(message)
  expect(finished.code).toBe(code)
})
