import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isExhaustive } from './harness/effort.js'
import { freshFolder } from './harness/folder.js'
import { freshPostgres, postgres } from './harness/postgres.js'
import { oldPython, python, runPython } from './harness/python.js'
import { root } from './harness/root.js'
import { MLFLOW_ONLY, type Server, startServer } from './harness/server.js'

const script = (name: string) => join(root, 'acceptance/clients', name)

/** The interpreter of a variant that repeats another one, on exhaustive runs only. */
const repeating = (interpreter: string | undefined) => (isExhaustive ? interpreter : undefined)

/** The number of checks that a script passed; it exits at the first failure. */
const facts = (said: string) => said.match(/^ok /gm)?.length ?? 0

/** MLflow's own environment variables. */
const WEBHOOKS = {
  MLFLOW_WEBHOOK_ALLOWED_SCHEMES: 'http',
  MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS: 'true',
  MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY: 'bXktMzItYnl0ZXMtb2Yta2V5LWZvci1mZXJuZXQhISE=',
  MLFLOW_WEBHOOK_REQUEST_MAX_RETRIES: '3',
  MLFLOW_WEBHOOK_REQUEST_TIMEOUT: '120',
  MLFLOW_WEBHOOK_CACHE_TTL: '0',
}
/** Scripts that share a server, with their numbers of checks. The first expects that it has no models. */
const STORED = [
  ['mlflow_registry.py', 45],
  ['mlflow_traces.py', 47],
  ['mlflow_judging.py', 41],
  ['mlflow_webhooks.py', 43],
] as const

describe('the official mlflow, with only a URI', () => {
  const releases = [
    ['the newest', python],
    ['3.11', oldPython],
  ] as const

  for (const [release, interpreter] of releases)
    test.skipIf(!interpreter)(`${release} logs, searches, registers and loads back`, async () => {
      await using server = await startServer({ args: MLFLOW_ONLY })
      const env = { CAIRN_URL: server.url }
      const preloaded = interpreter === python // the old release has its own interpreter
      const said = await runPython(script('mlflow_fluent.py'), { python: interpreter, preloaded, env })
      expect(facts(said)).toBe(24)
    })

  for (const [release, interpreter] of [
    ['the newest', python],
    ['3.11', repeating(oldPython)],
  ] as const)
    test.skipIf(!interpreter)(`${release} passes the checks of MLflow's live suites`, async () => {
      const root = pathToFileURL(await freshFolder()).href
      await using server = await startServer({ args: [...MLFLOW_ONLY, '--default-artifact-root', root] })
      const env = { CAIRN_URL: server.url }
      const said = await runPython(script('mlflow_contract.py'), { python: interpreter, env })
      expect(facts(said)).toBe(40)
    })

  for (const [release, interpreter, database] of [
    ['the newest', python, 'SQLite'],
    ['3.11', repeating(oldPython), 'SQLite'],
    ['the newest', repeating(postgres && python), 'PostgreSQL'],
  ] as const)
    test.skipIf(!interpreter)(
      `${release} stores models, traces, evaluations and webhooks, on ${database}`,
      { timeout: 300_000 },
      async () => {
        const onPostgres = database === 'PostgreSQL'
        const args = onPostgres ? ['--database-url', await freshPostgres()] : []
        await using server = await startServer({ args: [...MLFLOW_ONLY, ...args], env: WEBHOOKS })
        const env = { CAIRN_URL: server.url }
        for (const [name, count] of STORED) {
          const said = await runPython(script(name), { python: interpreter, env })
          expect([name, facts(said)]).toEqual([name, count])
        }
      },
    )
})

describe.skipIf(!python)('models logged by the official mlflow', () => {
  let server: Server
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server?.[Symbol.asyncDispose]())

  // The first lists all models of the server.
  test.each([
    [
      'the official Triton client gets the predictions of xgboost, in JSON and in binary',
      'triton_http.py',
      22,
    ],
    ['ONNX models give the same predictions', 'mlflow_onnx.py', 17],
    ['XGBoost models give the same predictions', 'mlflow_xgboost.py', 13],
  ])('%s', { timeout: 300_000 }, async (_what, name, count) => {
    expect(facts(await runPython(script(name), { env: { CAIRN_URL: server.url } }))).toBe(count)
  })
})

test.skipIf(!python)(
  'databricks-sdk and mlflow.deployments manage serving endpoints',
  { timeout: 300_000 },
  async () => {
    const token = 'serving-control-token-of-the-owner'
    const env = {
      CAIRN_OWNER_TOKEN: token,
      CAIRN_WEBHOOK_ALLOWED_SCHEMES: 'http',
      CAIRN_WEBHOOK_ALLOW_PRIVATE_IPS: 'true',
    }
    await using server = await startServer({ env })
    const said = await runPython(script('serving_control.py'), {
      env: { CAIRN_URL: server.url, CAIRN_TOKEN: token },
    })
    expect(facts(said)).toBe(61)
  },
)

test.skipIf(!python)(
  'databricks-sdk and mlflow manage models, query tables, and manage permissions on experiments, models, jobs and endpoints',
  { timeout: 300_000 },
  async () => {
    const token = 'permissions-control-token-of-the-owner'
    await using server = await startServer({ env: { CAIRN_OWNER_TOKEN: token, CAIRN_AUTH: 'required' } })
    const env = { CAIRN_URL: server.url, CAIRN_TOKEN: token }
    expect(facts(await runPython(script('databricks_permissions.py'), { env }))).toBe(48)
    expect(facts(await runPython(script('databricks_models.py'), { env }))).toBe(17)
    expect(facts(await runPython(script('databricks_uc_models.py'), { env }))).toBe(20)
    expect(facts(await runPython(script('databricks_sql.py'), { env }))).toBe(17)
  },
)
