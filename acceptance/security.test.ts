import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { api, send } from './harness/api.js'
import { type Server, startServer } from './harness/server.js'
import { sendAs } from './security/host.js'
import { askAll, OPEN, UNDESCRIBED } from './security/strangers.js'

const MLFLOW = '/api/2.0/mlflow'
const ARTIFACTS = '/api/2.0/mlflow-artifacts/artifacts'
const JSON_TYPE = { 'content-type': 'application/json' }

interface Run {
  run: { info: { run_id: string; artifact_uri: string } }
}

describe('a server on a laptop', () => {
  let server: Server
  let info: Run['run']['info']
  beforeAll(async () => {
    server = await startServer()
    info = (await api(server.url).post<Run>(`${MLFLOW}/runs/create`)).run.info
  })
  afterAll(() => server?.[Symbol.asyncDispose]())

  test('answers to its own name only: a page that makes another point here (DNS rebinding) learns nothing', async () => {
    for (const host of ['evil.com', 'evil.com:5000', '127.0.0.1.evil.com', 'localhost.evil.com', '8.8.8.8'])
      for (const path of [
        `${MLFLOW}/experiments/get?experiment_id=0`,
        '/ajax-api/2.0/mlflow/runs/search',
        '/',
      ])
        expect(await sendAs(server.url, 'GET', path, { host })).toEqual({
          status: 403,
          text: expect.stringContaining('Invalid Host header - possible DNS rebinding attack detected'),
        })
    expect((await sendAs(server.url, 'GET', '/health', { host: 'evil.com' })).status).toBe(200)
  })

  test('takes no writes from pages of other origins (CSRF), under no path and with no content type', async () => {
    const write = (path: string, headers: Record<string, string>) =>
      sendAs(server.url, 'POST', path, headers, '{"name":"forged"}')
    for (const path of [`${MLFLOW}/experiments/create`, '/ajax-api/2.0/mlflow/experiments/create'])
      for (const origin of ['https://evil.com', 'null', 'http://127.0.0.1.evil.com', 'file://'])
        expect(await write(path, { ...JSON_TYPE, origin })).toEqual({
          status: 403,
          text: expect.stringContaining('Cross-origin request blocked'),
        })
    // What a form can send without asking first, from a browser that names no origin
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
      expect((await write(`${MLFLOW}/experiments/create`, { 'content-type': type })).status).toBe(400)
    const found = await send(server.url, 'GET', `${MLFLOW}/experiments/get-by-name?experiment_name=forged`)
    expect(found.status).toBe(404)
  })

  const source = async (source: string, more: object = {}) => {
    const { post } = api(server.url)
    await post(`${MLFLOW}/registered-models/create`, { name: 'm' }).catch(() => undefined)
    const body = { name: 'm', source, ...more }
    return send(server.url, 'POST', `${MLFLOW}/model-versions/create`, { body })
  }
  const prompt = { tags: [{ key: 'mlflow.prompt.is_prompt', value: 'true' }] }
  const PATHS_OUT = [
    '/etc',
    'etc/passwd',
    './etc',
    '//etc/passwd',
    'file:///etc',
    'FILE:///etc',
    'file:/etc',
    'file://localhost/etc',
    'file:///etc#/x',
    'file:///etc?x',
    'mlflow-artifacts:/../../etc',
    'mlflow-artifacts:/%2e%2e/%2e%2e/etc',
    'mlflow-artifacts:/a?x=../..',
    's3://bucket/../../etc',
    's3://bucket/%252e%252e/etc',
    'models:/../../etc',
    'models:/m/1/../../etc',
    'models:/m/99',
    'models:/m/latest/../..',
    'models:///etc',
    'runs:/../../etc',
  ]

  test.each([
    ['a model', {}],
    ['what calls itself a prompt (CVE-2026-2614, CVE-2026-116690)', prompt],
    [
      'a prompt that takes it back',
      { tags: [...prompt.tags, { key: 'mlflow.prompt.is_prompt', value: 'false' }] },
    ],
  ])('a version of %s has no source outside the artifacts (GHSA-5cvj-7rg6-jggj)', async (_what, more) => {
    for (const path of PATHS_OUT) {
      const { status, text } = await source(path, { ...more, run_id: info.run_id })
      expect([path, status, text]).toEqual([
        path,
        expect.toSatisfy((one) => one === 400 || one === 404),
        expect.anything(),
      ])
    }
  })

  test('a version whose source is renamed or copied later still shows no file of the machine', async () => {
    const answer = await source('models:/m/1')
    for (const path of ['../../../../etc/passwd', '/etc/passwd', '%2e%2e/%2e%2e/etc/passwd', 'passwd']) {
      const query = { name: 'm', version: '1', path }
      const file = await send(server.url, 'GET', '/model-versions/get-artifact', { query })
      expect([path, file.status >= 400 && file.status < 500, file.text.includes('root:')]).toEqual([
        path,
        true,
        false,
      ])
    }
    expect(answer.status).toBeLessThan(500)
  })

  test('a trace id or an artifact place of a trace leads to no file (CVE-2026-53995)', async () => {
    const { url } = server
    const trace_location = { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: '0' } }
    const places = ['file:///etc', '/etc', 'mlflow-artifacts:/../../../etc', 'mlflow-artifacts:/%2e%2e/etc']
    const ids = ['../../../climbed', '..%2f..%2fclimbed', '/tmp/climbed', 'tr-\0', '..', 'tr-plain']
    for (const [i, trace_id] of ids.entries()) {
      const tags = { 'mlflow.artifactLocation': places[i % places.length]! }
      const body = { trace: { trace_info: { trace_id, trace_location, tags } } }
      const made = await send(url, 'POST', '/api/3.0/mlflow/traces', { body })
      expect([trace_id, made.status < 500]).toEqual([trace_id, true])
      for (const place of places) {
        const tag = { key: 'mlflow.artifactLocation', value: place }
        const at = `${MLFLOW}/traces/${encodeURIComponent(trace_id)}/tags`
        expect((await send(url, 'PATCH', at, { body: tag })).status).toBeLessThan(500)
        for (const path of ['passwd', '../passwd', '../../../../etc/passwd', '']) {
          const query = { request_id: trace_id, path }
          const file = await send(url, 'GET', '/ajax-api/2.0/mlflow/get-trace-artifact', { query })
          expect(file.text).not.toContain('root:')
          expect(file.status).toBeLessThan(500)
        }
      }
    }
    const names = await readdir(server.folder, { recursive: true })
    expect(names.filter((name) => name.includes('climbed'))).toEqual([])
  })

  test('what was uploaded is never shown as a page of this server (stored XSS)', async () => {
    const { url } = server
    const root = info.artifact_uri.replace('mlflow-artifacts:', '')
    const attack = '<script>fetch("/api/2.0/token/create",{method:"POST"})</script>'
    const files = [
      'page.html',
      'image.svg',
      'model.xhtml',
      'MLmodel',
      'data.xml',
      'script.js',
      'noname',
      'x.pdf',
    ]
    const { post } = api(url)
    await post(`${MLFLOW}/registered-models/create`, { name: 'shown' })
    const { model_version } = await post<{ model_version: { version: string } }>(
      `${MLFLOW}/model-versions/create`,
      { name: 'shown', source: info.artifact_uri, run_id: info.run_id },
    )
    for (const name of files) {
      const at = `${ARTIFACTS}${root}/${name}`
      expect(
        (await send(url, 'PUT', at, { body: attack, headers: { 'content-type': 'text/html' } })).status,
      ).toBe(200)
      for (const shown of [
        at,
        `/get-artifact?run_uuid=${info.run_id}&path=${name}`,
        `/model-versions/get-artifact?name=shown&version=${model_version.version}&path=${name}`,
      ]) {
        const { status, headers } = await send(url, 'GET', shown)
        expect([shown, status]).toEqual([shown, 200])
        expect(headers.get('x-content-type-options')).toBe('nosniff')
        expect(headers.get('content-disposition')).toMatch(/^attachment/)
        expect(headers.get('content-security-policy')).toContain('sandbox')
        expect(headers.get('content-type')).not.toMatch(/html|javascript/)
      }
    }
  })

  test('words of a request never come back as a page', async () => {
    const attack = '<img src=x onerror=alert(1)>'
    for (const path of [
      `/${encodeURIComponent(attack)}`,
      `${MLFLOW}/runs/get?run_id=${encodeURIComponent(attack)}`,
      `${MLFLOW}/experiments/get-by-name?experiment_name=${encodeURIComponent(attack)}`,
      `/get-artifact?run_uuid=${encodeURIComponent(attack)}&path=x`,
      `/graphql?query=${encodeURIComponent(attack)}`,
    ]) {
      const { headers } = await send(server.url, 'GET', path)
      expect([path, headers.get('content-type')]).toEqual([path, expect.stringMatching(/^application\/json/)])
      expect(headers.get('x-content-type-options')).toBe('nosniff')
    }
  })

  test('GraphQL answers no batches and no endless questions (#16227)', async () => {
    const one = { query: '{ mlflowGetExperiment(input: {experimentId: "0"}) { experiment { name } } }' }
    const batch = await send(server.url, 'POST', '/graphql', { body: [one, one] })
    expect(batch.status).toBe(400)
    const field = (i: number) =>
      `a${i}: mlflowGetExperiment(input: {experimentId: "0"}) { experiment { name } }`
    const wide = { query: `{ ${Array.from({ length: 5000 }, (_, i) => field(i)).join(' ')} }` }
    const deep = { query: `${'{ a '.repeat(20_000)}${'}'.repeat(20_000)}` }
    for (const body of [wide, deep]) {
      const { status, text } = await send(server.url, 'POST', '/graphql', { body })
      expect(status).toBeLessThan(500)
      expect(text).toMatch(/"errors?(_code)?":/)
    }
  })

  test('a model that names a pickle is refused with advice, and nothing of it is read (CVE-2024-37057 family)', async () => {
    const { url } = server
    const { post } = api(url)
    const root = info.artifact_uri.replace('mlflow-artifacts:', '')
    const canary = join(server.folder, 'executed')
    const pickle = `cos\nsystem\n(S'touch ${canary}'\ntR.`
    const MLmodel = [
      'flavors:',
      '  python_function: {loader_module: mlflow.sklearn, model_path: model.pkl, python_version: 3.11.0}',
      '  sklearn: {pickled_model: model.pkl, serialization_format: cloudpickle, sklearn_version: 1.5.0}',
    ].join('\n')
    for (const [name, body] of [
      ['pickled/MLmodel', MLmodel],
      ['pickled/model.pkl', pickle],
    ])
      await send(url, 'PUT', `${ARTIFACTS}${root}/${name}`, { body: Buffer.from(body!) })
    await post(`${MLFLOW}/registered-models/create`, { name: 'pickled' })
    const source = `${info.artifact_uri}/pickled`
    await post(`${MLFLOW}/model-versions/create`, { name: 'pickled', source, run_id: info.run_id })
    const config = { served_entities: [{ entity_name: 'pickled', entity_version: '1' }] }
    const made = await send(url, 'POST', '/api/2.0/serving-endpoints', { body: { name: 'pickled', config } })
    let said = made.text
    for (let i = 0; i < 600 && !/sklearn/.test(said); i++) {
      await new Promise((resolve) => setTimeout(resolve, 100))
      said = (await send(url, 'GET', '/api/2.0/serving-endpoints/pickled')).text
    }
    expect(said).toMatch(/sklearn/)
    const asked = { body: { dataframe_records: [{ a: 1 }] } }
    expect((await send(url, 'POST', '/serving-endpoints/pickled/invocations', asked)).status).not.toBe(200)
    expect(await readFile(canary).catch(() => 'never')).toBe('never')
  })
})

test('hosts and origins are let in by the variables that MLflow has for them', async () => {
  await using server = await startServer({
    env: {
      MLFLOW_SERVER_ALLOWED_HOSTS: 'cairn.example.com,*.team.example',
      MLFLOW_SERVER_CORS_ALLOWED_ORIGINS: 'https://app.example.org',
    },
  })
  const get = async (host: string) =>
    (await sendAs(server.url, 'GET', `${MLFLOW}/experiments/get?experiment_id=0`, { host })).status
  expect([await get('cairn.example.com'), await get('a.team.example'), await get('evil.com')]).toEqual([
    200, 200, 403,
  ])
  const post = async (origin: string) =>
    (await sendAs(server.url, 'POST', `${MLFLOW}/runs/create`, { ...JSON_TYPE, origin }, '{}')).status
  expect([await post('https://app.example.org'), await post('https://other.example.org')]).toEqual([200, 403])
})

describe('a server that others reach', () => {
  const secrets = { s3: 'S3-SECRET-0b4f', webhook: 'WEBHOOK-SECRET-77aa', wrong: 'dapi-WRONG-TOKEN-31c9' }
  let server: Server
  let owner: string
  let stranger: string
  beforeAll(async () => {
    server = await startServer({
      env: {
        CAIRN_AUTH: 'required',
        CAIRN_LOG_LEVEL: 'trace',
        MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS: 'true',
        CAIRN_S3_ACCESS_KEY: 'key',
        CAIRN_S3_SECRET_KEY: secrets.s3,
      },
    })
    owner = /shown this once: (\S+)/.exec(server.stderr())![1]!
    const { post } = api(server.url, owner)
    await post('/api/2.0/preview/scim/v2/ServicePrincipals', { applicationId: 'stranger' })
    const path = '/api/2.0/token-management/on-behalf-of/tokens'
    stranger = (await post<{ token_value: string }>(path, { application_id: 'stranger', comment: 'none' }))
      .token_value
  })
  afterAll(() => server?.[Symbol.asyncDispose]())

  test('has no credentials that anybody knows', async () => {
    expect(owner.length).toBeGreaterThanOrEqual(32)
    const known = [
      'admin:password1234',
      'admin:admin',
      'admin:',
      'owner:owner',
      'root:root',
      'cairn:cairn',
      ':',
    ]
    const headers = [
      ...known.map((pair) => `Basic ${Buffer.from(pair).toString('base64')}`),
      'Bearer ',
      'Bearer undefined',
      'Bearer null',
      'Bearer owner',
      `Bearer ${owner.slice(0, -1)}`,
      `Bearer ${owner.toUpperCase()}`,
      owner,
      'Basic',
      'Negotiate x',
    ]
    for (const authorization of headers) {
      const { status } = await send(server.url, 'GET', `${MLFLOW}/experiments/get?experiment_id=0`, {
        headers: { authorization },
      })
      expect([authorization.replace(owner, '…'), status]).toEqual([authorization.replace(owner, '…'), 401])
    }
  })

  test('does nothing for who shows no token, but for what is named here', async () => {
    const open = (await askAll(server.url, undefined)).filter(({ answer }) => answer.status !== 401)
    expect(open.map(({ operation }) => operation.id).filter((id) => !OPEN.includes(id))).toEqual([])
    for (const [method, path, headers = {}] of UNDESCRIBED)
      expect([path, (await send(server.url, method, path, { headers })).status]).toEqual([path, 401])
  })

  test('does nothing for who has no right: runs, inputs, outputs, traces, assessments, data sets, scorers (CVE-2025-15381, CVE-2026-2651)', async () => {
    const asked = await askAll(server.url, stranger)
    const named = asked.filter(({ operation }) => / on the metastore\.$/.test(operation.right))
    expect(named.length).toBeGreaterThan(100)
    const let_in = named.filter(({ answer }) => answer.status !== 403)
    expect(let_in.map(({ operation, answer }) => `${operation.id} ${answer.status}`)).toEqual([])
    for (const id of ['logInputs', 'logOutputs', 'startTrace', 'createAssessment', 'createEvaluationDataset'])
      expect(named.map(({ operation }) => operation.id)).toContain(id)
    for (const [method, path, headers = {}] of UNDESCRIBED)
      expect([path, (await send(server.url, method, path, { token: stranger, headers })).status]).toEqual([
        path,
        403,
      ])
  })

  test('shows who has no right nothing by way of GraphQL, events or metrics', async () => {
    const { post } = api(server.url, owner)
    const { experiment_id } = await post<{ experiment_id: string }>(`${MLFLOW}/experiments/create`, {
      name: 'confidential',
    })
    const { run } = await post<Run>(`${MLFLOW}/runs/create`, { experiment_id, run_name: 'confidential' })
    const input = `(input: {experimentId: "${experiment_id}"})`
    const queries = [
      `{ mlflowGetExperiment${input} { experiment { name } } }`,
      `{ mlflowGetRun(input: {runId: "${run.info.run_id}"}) { run { info { runName } } } }`,
      `query { mlflowSearchRuns(input: {experimentIds: ["${experiment_id}"]}) { runs { info { runName } } } }`,
    ]
    for (const query of queries) {
      const { text } = await send(server.url, 'POST', '/graphql', { token: stranger, body: { query } })
      expect(text).not.toContain('confidential')
    }
    for (const path of ['/api/cairn/v1/events?after=0', '/metrics', '/api/2.0/serving-endpoints', '/ready']) {
      const { text } = await send(server.url, 'GET', path, { token: stranger })
      expect([path, text.includes('confidential'), text.includes(run.info.run_id)]).toEqual([
        path,
        false,
        false,
      ])
    }
  })

  test('tells nobody a secret again, neither in an answer nor in its log', async () => {
    const { post } = api(server.url, owner)
    await post(`${MLFLOW}/webhooks`, {
      name: 'hook',
      url: 'https://127.0.0.1:1/hook',
      events: [{ entity: 'REGISTERED_MODEL', action: 'CREATED' }],
      secret: secrets.webhook,
    })
    const authorization = `Bearer ${secrets.wrong}`
    await send(server.url, 'GET', `${MLFLOW}/experiments/get?experiment_id=0`, { headers: { authorization } })
    await send(server.url, 'POST', `${MLFLOW}/webhooks`, { token: owner, body: { secret: secrets.webhook } })
    const ticket = 'TICKET-SECRET-9e1c'
    await send(server.url, 'GET', `/api/2.0/mlflow-artifacts/tickets/${ticket}/x`, { token: owner })
    const answers = await askAll(server.url, owner)
    const all = [...Object.values(secrets), owner, stranger, ticket]
    for (const { operation, answer } of answers)
      expect([operation.id, all.filter((secret) => answer.text.includes(secret))]).toEqual([operation.id, []])
    const said = server.stdout() + server.stderr().replace(/^.*shown this once.*$/m, '')
    expect(said).toContain('"msg":"request answered"')
    expect(all.filter((secret) => said.includes(secret))).toEqual([])
    const kept = await readFile(join(server.folder, 'cairn.db'), 'latin1')
    const log = await readFile(join(server.folder, 'cairn.db-wal'), 'latin1').catch(() => '')
    expect(all.filter((secret) => (kept + log).includes(secret))).toEqual([])
  })
})

test('a database that cannot be reached is named without its password', async () => {
  const args = ['--database-url', 'postgres://app:DB-PASSWORD-5d@127.0.0.1:1/none']
  const error: Error = await startServer({ args }).then(
    () => new Error('it started'),
    (refusal) => refusal,
  )
  expect(error.message).toMatch(/exit code/)
  expect(error.message).not.toContain('DB-PASSWORD-5d')
})

test('a server open to the network without authentication does not start', async () => {
  const error: Error = await startServer({ args: ['--host', '0.0.0.0'] }).then(
    () => new Error('it started'),
    (refusal) => refusal,
  )
  expect(error.message).toContain('CAIRN_AUTH=required')
})
