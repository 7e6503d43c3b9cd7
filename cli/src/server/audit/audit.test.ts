import { METASTORE } from '@cairn/platform/auth/metastore'
import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import type { AuditRow, AuthSchema } from '@cairn/platform/auth/schema'
import { type AuditedOperation, auditedAs } from '@cairn/platform/protocol/audit-classes'
import type { AuditEvent } from '@cairn/platform/protocol/cairn/audit'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type TestServer, testServer } from '../../testing/test-server.js'
import { EXPERIMENT_REQUESTS } from '../object-rights/experiment-requests.js'
import { JOB_REQUESTS } from '../object-rights/job-requests.js'
import { MODEL_REQUESTS } from '../object-rights/model-requests.js'
import { ENDS_WORLD, type MatrixRequest } from '../object-rights/requests.js'
import { createSecretWorld, SECRET_REQUESTS } from '../object-rights/secret-requests.js'
import {
  createWorkspaceWorld,
  WORKSPACE_KINDS,
  WORKSPACE_REQUESTS,
} from '../object-rights/workspace-requests.js'
import { createExperimentWorld, createJobWorld, createModelWorld } from '../object-rights/worlds.js'
import { DESTINATION_STEPS } from './destination-steps.js'
import { MLFLOW_AUTH_STEPS } from './mlflow-auth-steps.js'
import { REPORT_STEPS } from './report-steps.js'
import { CANARY, PASSWORD, STEPS, type Step, type StepValues } from './steps.js'
import { WORKER_STEPS } from './worker-steps.js'

interface Route {
  readonly right: unknown
  readonly operation?: string
  readonly audited?: AuditedOperation
}

let server: TestServer
let app: FastifyInstance
let context: ServiceContext
let token: string
let cookie = ''
let count = 0
const routes = new Map<string, Route>()
const found: StepValues = {}
/** The committed operations of which a test saw a row. */
const covered = new Set<string>()

beforeAll(async () => {
  const env = {
    ...{ CAIRN_AUTH: 'required', CAIRN_AUDIT_ROWS_PER_MINUTE: '1000' },
    CAIRN_WEBHOOK_ALLOW_PRIVATE_IPS: 'true',
  }
  server = await testServer({ env })
  ;({ app, context } = server)
  for (const { method, url, config } of server.routes)
    for (const one of [method].flat()) routes.set(`${one} ${url}`, (config ?? {}) as Route)
  token = (await context.tokens.issue(LOCAL_OWNER.id, 'test')).secret
})
afterAll(() => server?.close())

const MLFLOW_3 = ['/api/3.0/mlflow', '/ajax-api/3.0/mlflow']
/** Routes that act on no object: files of the web clients, constants, and refusals of what this server does not have. */
const NEVER_AUDITED = new Set([
  ...['/', '/index.html', '/icon.svg', '/movies', '/movies/*', '/signup', '/version'],
  ...['assistant/config', 'assistant/providers', 'gateway/secrets/config', 'ui-telemetry'].map(
    (path) => `/ajax-api/3.0/mlflow/${path}`,
  ),
  ...MLFLOW_3.flatMap((base) => [
    ...[`${base}/workspaces`, `${base}/workspaces/:workspace_name`],
    ...[`${base}/workspaces/:workspace_name/permissions`, `${base}/workspace-permissions`],
  ]),
])

const rows = async (): Promise<AuditRow[]> => {
  await app.audit!.flush()
  return context.db.for<AuthSchema>().read.selectFrom('audit_events').selectAll().execute()
}

async function send(method: string, { url, body, headers }: MatrixRequest, as?: Step['as']) {
  const request_id = `request-${++count}`
  const proof = as === 'session' ? { cookie } : as === 'nobody' ? {} : { authorization: `Bearer ${token}` }
  const response = await app.inject({
    method: method as 'GET',
    url,
    headers: {
      ...{ ...proof, 'x-request-id': request_id, 'sec-fetch-site': 'same-origin', ...headers },
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { payload: JSON.stringify(body) }),
  })
  const [set] = [response.headers['set-cookie'] ?? []].flat()
  if (set) cookie = set.split(';')[0]!
  return { request_id, status: response.statusCode, text: response.body }
}

/** Expects a row of the request, and notes the operation. */
async function expectRow(action: string, request_id: string, status: number): Promise<AuditRow> {
  const own = (await rows()).filter((row) => row.action_name === action && row.status_code === status)
  const row = own.find((one) => one.request_id === request_id) ?? own.find((one) => one.count > 1)
  expect(row, `${action}: ${status}`).toMatchObject({ outcome: status < 400 ? 'success' : 'failed' })
  covered.add(action)
  return row!
}

test('every route has a class, except those that are listed', () => {
  const urls = [...routes].filter(([, { audited }]) => !audited).map(([route]) => route.split(' ')[1]!)
  const unlisted = urls.filter((url) => !url.startsWith('/assets/') && !NEVER_AUDITED.has(url))
  expect(unlisted).toEqual([])
})

test.each(
  [...STEPS, ...MLFLOW_AUTH_STEPS, ...DESTINATION_STEPS, ...WORKER_STEPS, ...REPORT_STEPS].map(
    (step) => [step.action, step] as const,
  ),
)('%s leaves a row', async (action, step) => {
  if (action === 'createServingEndpoint') {
    found.model = 'served'
    await createModelWorld(owner, found.model)
  }
  if (action === 'createPasswordReset') found.ada = (await context.identities.find('ada'))!.id
  if (action === 'updateServingEndpointConfig')
    await vi.waitFor(async () => {
      const { state } = await owner.send('GET', { url: '/api/2.0/serving-endpoints/movies' })
      expect(state.config_update).not.toBe('IN_PROGRESS')
    }, 60_000)
  const [method = '', url = ''] = step.request(found).split(' ')
  const body = step.body?.(found)
  const { request_id, status, text } = await send(
    method,
    { url, ...(body !== undefined && { body }) },
    step.as,
  )
  if (step.status) expect(status, text).toBe(step.status)
  else expect(status, text).toBeLessThan(400)
  Object.assign(found, step.keep?.(JSON.parse(text)))
  expect(await expectRow(action, request_id, status)).toMatchObject({ object_type: step.object })
})

const owner = {
  name: LOCAL_OWNER.name,
  async send(method: string, request: MatrixRequest) {
    const { status, text } = await send(method, request)
    expect(status, `${request.url}: ${text}`).toBeLessThan(300)
    return text === '' ? {} : JSON.parse(text)
  },
}

/** The owner of the workspace may log runs of others. */
const inNameOfOther = { ...owner, name: 'somebody' }

type Requests<World> = Readonly<Record<string, (world: World) => MatrixRequest>>

/** Calls every route of a kind that is committed or counted; those that may destroy the world on a new one. */
async function callAll<World>(type: string, requests: Requests<World>, create: () => Promise<World>) {
  const kept = await create()
  for (const [route, request] of Object.entries(requests)) {
    const { audited } = routes.get(route)!
    if (!audited || audited.class === 'refusals') continue
    if (audited.action.includes('Mlflow')) continue // on permissions of a person, which the steps have
    const isCommitted = audited.class === 'committed'
    const { status: expected, ...sent } = request(ENDS_WORLD.test(route) ? await create() : kept)
    const { request_id, status, text } = await send(route.split(' ')[0]!, sent)
    if (expected) expect([expected].flat(), `${route}: ${text}`).toContain(status)
    else expect(status, `${route}: ${text}`).toBeLessThan(400)
    const row = await expectRow(audited.action, request_id, status)
    if (isCommitted) expect([route, row.object_type]).toEqual([route, type])
    if (isCommitted) expect([route, row.object_id]).not.toEqual([route, null])
  }
}

test('every change and read of an experiment leaves a row with the experiment', async () => {
  await context.identities.create('user', 'none-person')
  await callAll('experiment', EXPERIMENT_REQUESTS, () =>
    createExperimentWorld(inNameOfOther, `experiment-${count}`, count),
  )
}, 120_000)

test(
  'every change of a registered model leaves a row with the model',
  () =>
    callAll('registered_model', MODEL_REQUESTS, () => createModelWorld(owner, `main.films.model-${count}`)),
  120_000,
)

test(
  'every change of a job leaves a row with the job',
  () => callAll('job', JOB_REQUESTS, () => createJobWorld(owner, `job-${count}`)),
  120_000,
)

test('every change and read of a secret leaves a row with the scope, and the key', async () => {
  await context.identities.create('user', 'read-person')
  await callAll('secret_scope', SECRET_REQUESTS, () => createSecretWorld(owner, `scope-${count}`))
  const reads = (await rows()).filter(({ action_name }) => action_name === 'getSecret')
  expect(reads.map(({ request_params }) => JSON.parse(request_params).key)).toContain('token')
}, 120_000)

test.each(WORKSPACE_KINDS)(
  'every change of a %s leaves a row with it',
  (kind) =>
    callAll(kind, WORKSPACE_REQUESTS[kind], () => createWorkspaceWorld(owner, kind, `${kind}-${count}`)),
  120_000,
)

test('no committed operation is left out', () => {
  expect([...auditedAs('committed')].filter((action) => !covered.has(action))).toEqual(['signInWithSso'])
})

test('a refusal is recorded as denied, also one that is answered like an absent object', async () => {
  const { id } = await context.identities.create('user', 'eve')
  const { secret } = await context.tokens.issue(id, 'test')
  const { experiment_id } = await createExperimentWorld(inNameOfOther, `hidden-${count}`, count)
  const headers = { authorization: `Bearer ${secret}` }
  const url = `/api/2.0/mlflow/experiments/get?experiment_id=${experiment_id}`
  const refused = await send('GET', { url, headers })
  const unknown = await send('GET', { url, headers: { authorization: 'Bearer wrong-token-canary' } })
  expect([refused.status, unknown.status]).toEqual([404, 401])
  const all = await rows()
  expect(all.find(({ request_id }) => request_id === refused.request_id)).toMatchObject({
    ...{ principal: 'eve', outcome: 'denied', status_code: 404, object_id: experiment_id },
    reason: expect.stringContaining('missing READ EXPERIMENTS on hidden-'),
  })
  expect(all.find(({ request_id }) => request_id === unknown.request_id)).toMatchObject({
    ...{ principal: '', authentication: 'none', outcome: 'denied', error_code: 'UNAUTHENTICATED' },
  })
})

test('the owner of an experiment sees the events on it, and for others it does not exist', async () => {
  const member = async (name: string) => {
    const { id } = await context.identities.create('user', name)
    const { secret } = await context.tokens.issue(id, 'test')
    return { id, headers: { authorization: `Bearer ${secret}` } }
  }
  const fay = await member('fay')
  const gus = await member('gus')
  const add = ['CREATE EXPERIMENT'] as const
  await context.grants.change(METASTORE[0], [{ principal_id: fay.id, add, remove: [] }], LOCAL_OWNER)
  const { headers } = fay
  const body = { name: 'of fay' }
  const created = await send('POST', { url: '/api/2.0/mlflow/experiments/create', headers, body })
  const { experiment_id } = JSON.parse(created.text) as { experiment_id: string }
  const run = await send('POST', { url: '/api/2.0/mlflow/runs/create', headers, body: { experiment_id } })
  const { run_id } = JSON.parse(run.text).run.info
  await send('POST', { url: '/api/2.0/mlflow/runs/delete', headers, body: { run_id } })
  await send('POST', { url: '/api/2.0/mlflow/runs/delete', headers: gus.headers, body: { run_id } })
  const events = async (caller: typeof fay, object: string) => {
    const url = `/api/cairn/v1/audit?object_type=experiment&securable=${encodeURIComponent(object)}`
    const { status, text } = await send('GET', { url, headers: caller.headers })
    return { status, text, events: (JSON.parse(text) as { events?: AuditEvent[] }).events }
  }
  for (const object of [experiment_id, 'of fay'])
    expect(
      (await events(fay, object)).events!.map(({ action_name, outcome, user_identity }) => [
        ...[action_name, outcome, user_identity.email],
      ]),
    ).toEqual(
      expect.arrayContaining([
        ['createExperiment', 'success', 'fay'],
        ['createRun', 'success', 'fay'],
        ['deleteRun', 'success', 'fay'],
        ['deleteRun', 'denied', 'gus'],
      ]),
    )
  const hidden = await events(gus, experiment_id)
  const absent = await events(gus, '123456789')
  expect(hidden.status).toBe(404)
  expect(hidden.text.replace(experiment_id, 'ID')).toBe(absent.text.replace('123456789', 'ID'))
})

test('a failed sign-in names an account, but no other text that was typed', async () => {
  const attempt = (name: string) =>
    send(
      'POST',
      { url: '/api/cairn/v1/sign-in', body: { name, password: 'wrong password canary' } },
      'nobody',
    )
  const known = await attempt('ada')
  const typo = await attempt('a-password-typed-as-name')
  const all = await rows()
  expect(all.find(({ request_id }) => request_id === known.request_id)).toMatchObject({
    ...{ principal: 'ada', action_name: 'signIn', outcome: 'denied' },
  })
  expect(all.find(({ request_id }) => request_id === typo.request_id)).toMatchObject({ principal: '' })
})

test('anonymous callers cannot fill the log, not even by signing out', async () => {
  const before = (await rows()).length
  for (let i = 0; i < 50; i++) await send('POST', { url: '/api/cairn/v1/sign-out', body: {} }, 'nobody')
  const all = await rows()
  expect(all.length - before).toBe(1)
  expect(all.find(({ action_name, principal }) => action_name === 'signOut' && !principal)).toMatchObject({
    ...{ outcome: 'success', count: 50, authentication: 'none' },
  })
})

test('no row contains a token, a password or a payload', async () => {
  const log = JSON.stringify(await rows())
  const secrets = Object.entries(found).filter(([name]) => name.endsWith('_secret'))
  expect(secrets.length).toBeGreaterThan(3)
  for (const secret of [token, CANARY, PASSWORD, 'wrong password canary', 'a-password-typed-as-name'])
    expect(log).not.toContain(secret)
  for (const [name, secret] of secrets) expect(log.includes(secret), name).toBe(false)
  expect(log).not.toContain('wrong-token-canary')
})
