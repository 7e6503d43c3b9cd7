import { mkdir, readdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { api, send } from './harness/api.js'
import { writeRatingsExcerpt } from './harness/ratings-excerpt.js'
import { type Server, startServer } from './harness/server.js'
import { tokenOf } from './harness/tokens.js'
import { until } from './harness/until.js'
import { sendAs } from './security/host.js'

const MLFLOW = '/api/2.0/mlflow'
const ARTIFACTS = '/api/2.0/mlflow-artifacts/artifacts'
const JSON_TYPE = { 'content-type': 'application/json' }

interface Run {
  run: { info: { run_id: string; artifact_uri: string } }
}

interface JobRun {
  readonly state: { readonly result_state?: string }
  readonly tasks: readonly { readonly run_id: number }[]
}

describe('a server on a laptop', () => {
  let server: Server
  let info: Run['run']['info']
  beforeAll(async () => {
    server = await startServer()
    info = (await api(server.url).post<Run>(`${MLFLOW}/runs/create`)).run.info
  })
  afterAll(() => server?.[Symbol.asyncDispose]())

  test('rejects requests with a foreign Host (DNS rebinding)', async () => {
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

  test('rejects writes from other origins (CSRF), on every path and with every content type', async () => {
    const write = (path: string, headers: Record<string, string>) =>
      sendAs(server.url, 'POST', path, headers, '{"name":"forged"}')
    for (const path of [`${MLFLOW}/experiments/create`, '/ajax-api/2.0/mlflow/experiments/create'])
      for (const origin of ['https://evil.com', 'null', 'http://127.0.0.1.evil.com', 'file://'])
        expect(await write(path, { ...JSON_TYPE, origin })).toEqual({
          status: 403,
          text: expect.stringContaining('Cross-origin request blocked'),
        })
    // A form sends these without a preflight, from a browser that omits Origin
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
    ['a model tagged as a prompt (CVE-2026-2614, CVE-2026-116690)', prompt],
    [
      'a prompt with a second tag that denies it',
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

  test('a version with a renamed or copied source exposes no file of the machine', async () => {
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

  test('a trace id or artifact location cannot address a file (CVE-2026-53995)', async () => {
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

  test('a job of another principal than the owner imports from the import folders only, and reveals no path', async () => {
    const { get, patch, post } = api(server.url)
    const applicationId = 'data-importer'
    await post('/api/2.0/preview/scim/v2/ServicePrincipals', { applicationId })
    const add = ['CREATE JOB', 'CREATE CATALOG']
    await patch('/api/2.1/unity-catalog/permissions/metastore/metastore', {
      changes: [{ principal: applicationId, add }],
    })
    const importer = api(server.url, await tokenOf(server.url, applicationId))
    await importer.post('/api/2.1/unity-catalog/catalogs', { name: 'own' })
    const imports = join(server.folder, 'imports')
    await mkdir(join(imports, 'ratings'), { recursive: true })
    await mkdir(join(server.folder, 'private'))
    for (const folder of ['imports/ratings', 'private'])
      await writeRatingsExcerpt(join(server.folder, folder))
    await symlink(join(server.folder, 'private'), join(imports, 'link'))
    const outcome = async (source: string) => {
      const node_task = { entry: 'movielens/import', parameters: { schema: 'own.movielens', source } }
      const tasks = [{ task_key: 'import', node_task }]
      const { run_id } = await importer.post<{ run_id: number }>('/api/2.2/jobs/runs/submit', { tasks })
      const run = () => get<JobRun>('/api/2.2/jobs/runs/get', { run_id })
      await until('the import has ended', async () => (await run()).state.result_state !== undefined)
      const { state, tasks: ended } = await run()
      const output = await get<{ error?: string }>('/api/2.2/jobs/runs/get-output', {
        run_id: ended[0]!.run_id,
      })
      return [state.result_state, output.error]
    }
    const refused = await outcome('/etc/passwd')
    expect(refused).toEqual(['FAILED', expect.stringContaining('CAIRN_IMPORT_PATHS')])
    const elsewhere = ['/nosuch', '/root', '../private', join(server.folder, 'private'), 'link', 'nosuch']
    for (const source of elsewhere) expect(await outcome(source), source).toEqual(refused)
    expect((await outcome('ratings'))[0]).toBe('SUCCESS')
    expect((await outcome(join(imports, 'ratings')))[0]).toBe('SUCCESS')
  })

  test('uploads are never rendered as pages of the server (stored XSS)', async () => {
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

  test('request text is never returned as a page (reflected XSS)', async () => {
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

  test('GraphQL rejects batches and unbounded queries (#16227)', async () => {
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

  test('a model with a pickle is rejected with advice, and the pickle is not read (CVE-2024-37057 family)', async () => {
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

const OWNER_TOKEN = 'a-token-that-a-secret-store-generated'

test("MLflow's environment variables allow hosts and origins", async () => {
  await using server = await startServer({
    env: {
      CAIRN_AUTH: 'required',
      CAIRN_OWNER_TOKEN: OWNER_TOKEN,
      MLFLOW_SERVER_ALLOWED_HOSTS: 'cairn.example.com,*.team.example',
      MLFLOW_SERVER_CORS_ALLOWED_ORIGINS: 'https://app.example.org',
    },
  })
  const authorization = `Bearer ${OWNER_TOKEN}`
  const get = async (host: string) =>
    (await sendAs(server.url, 'GET', `${MLFLOW}/experiments/get?experiment_id=0`, { host, authorization }))
      .status
  expect([await get('cairn.example.com'), await get('a.team.example'), await get('evil.com')]).toEqual([
    200, 200, 403,
  ])
  const post = async (origin: string) =>
    (await sendAs(server.url, 'POST', `${MLFLOW}/runs/create`, { ...JSON_TYPE, origin, authorization }, '{}'))
      .status
  expect([await post('https://app.example.org'), await post('https://other.example.org')]).toEqual([200, 403])
})
