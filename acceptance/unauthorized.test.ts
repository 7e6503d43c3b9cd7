import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { api, send } from './harness/api.js'
import { type Server, startServer } from './harness/server.js'
import {
  callEveryOperation,
  UNAUTHENTICATED_OPERATIONS,
  UNDOCUMENTED_ROUTES,
} from './security/unauthenticated.js'

const MLFLOW = '/api/2.0/mlflow'
/** Answered with an empty list if the caller may read nothing. */
const READS = /^(list|search|query|digest|batchGet|compare)/

interface Run {
  run: { info: { run_id: string } }
}

describe('a server on the network', () => {
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
    owner = /shown only once: (\S+)/.exec(server.stderr())![1]!
    const { post } = api(server.url, owner)
    await post('/api/2.0/preview/scim/v2/ServicePrincipals', { applicationId: 'stranger' })
    const path = '/api/2.0/token-management/on-behalf-of/tokens'
    stranger = (await post<{ token_value: string }>(path, { application_id: 'stranger', comment: 'none' }))
      .token_value
  })
  afterAll(() => server?.[Symbol.asyncDispose]())

  test('has no default credentials', async () => {
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

  test('rejects requests without a token, except for listed operations', async () => {
    const open = (await callEveryOperation(server.url, undefined)).filter(
      ({ answer }) => answer.status !== 401,
    )
    expect(
      open.map(({ operation }) => operation.id).filter((id) => !UNAUTHENTICATED_OPERATIONS.includes(id)),
    ).toEqual([])
    for (const [method, path, headers = {}] of UNDOCUMENTED_ROUTES)
      expect([path, (await send(server.url, method, path, { headers })).status]).toEqual([path, 401])
  })

  test('rejects a principal without rights on every operation (CVE-2025-15381, CVE-2026-2651)', async () => {
    const asked = await callEveryOperation(server.url, stranger)
    const named = (objects: RegExp) => asked.filter(({ operation }) => objects.test(operation.right))
    const idsOf = (answers: typeof asked) =>
      answers.map(({ operation, answer }) => `${operation.id} ${answer.status}`)
    const onMetastore = named(/ on the metastore\.$/)
    expect(onMetastore.length).toBeGreaterThan(20)
    expect(idsOf(onMetastore.filter(({ answer }) => answer.status !== 403))).toEqual([])
    const onObjects = named(/ on the (experiment|registered model|job)/)
    expect(onObjects.length).toBeGreaterThan(100)
    const letIn = onObjects.filter(
      ({ operation, answer }) =>
        ![400, 403, 404].includes(answer.status) && !(answer.status === 200 && READS.test(operation.id)),
    )
    expect(idsOf(letIn)).toEqual([])
    for (const id of ['logInputs', 'logOutputs', 'startTrace', 'createAssessment'])
      expect(onObjects.map(({ operation }) => operation.id)).toContain(id)
    for (const [method, path, headers = {}] of UNDOCUMENTED_ROUTES)
      expect([path, (await send(server.url, method, path, { token: stranger, headers })).status]).toEqual([
        path,
        expect.toBeOneOf([403, 404]),
      ])
  })

  test('GraphQL, events and metrics reveal nothing to a principal without rights', async () => {
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

  test('returns no secret in a response or log', async () => {
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
    const answers = await callEveryOperation(server.url, owner)
    const all = [...Object.values(secrets), owner, stranger, ticket]
    for (const { operation, answer } of answers)
      expect([operation.id, all.filter((secret) => answer.text.includes(secret))]).toEqual([operation.id, []])
    const said = server.stdout() + server.stderr().replace(/^.*shown only once.*$/gm, '')
    expect(said).toContain('"msg":"request completed"')
    expect(all.filter((secret) => said.includes(secret))).toEqual([])
    const kept = await readFile(join(server.folder, 'cairn.db'), 'latin1')
    const log = await readFile(join(server.folder, 'cairn.db-wal'), 'latin1').catch(() => '')
    expect(all.filter((secret) => (kept + log).includes(secret))).toEqual([])
  })
})

test('the error for an unreachable database omits the password', async () => {
  const args = ['--database-url', 'postgres://app:DB-PASSWORD-5d@127.0.0.1:1/none']
  const error: Error = await startServer({ args }).then(
    () => new Error('it started'),
    (refusal) => refusal,
  )
  expect(error.message).toMatch(/exit code/)
  expect(error.message).not.toContain('DB-PASSWORD-5d')
})

test('a server on the network does not start without authentication', async () => {
  const error: Error = await startServer({ args: ['--host', '0.0.0.0'] }).then(
    () => new Error('it started'),
    (refusal) => refusal,
  )
  expect(error.message).toContain('CAIRN_AUTH=required')
})
