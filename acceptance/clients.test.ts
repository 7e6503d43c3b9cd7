import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { isExhaustive } from './harness/effort.js'
import { freshFolder } from './harness/folder.js'
import { freshPostgres, postgres } from './harness/postgres.js'
import { oldPython, python, runPython } from './harness/python.js'
import { root } from './harness/root.js'
import { MLFLOW_ONLY, startServer } from './harness/server.js'

const script = (name: string) => join(root, 'acceptance/clients', name)

/** The fluent script starts an interpreter of its own; the others are forks of one that has imported mlflow. */
const preloaded = true

/** An interpreter for what another one shows on each run, here on another release or database. */
const repeating = (interpreter: string | undefined) => (isExhaustive ? interpreter : undefined)

/** The number of checks that a script passed; it exits at the first failure. */
const facts = (said: string) => said.match(/^ok /gm)?.length ?? 0

describe('the official mlflow, with only a URI', () => {
  const releases = [
    ['the newest', python],
    ['3.11', oldPython],
  ] as const

  for (const [release, interpreter] of releases)
    test.skipIf(!interpreter)(`${release} logs, searches, registers and loads back`, async () => {
      await using server = await startServer({ args: MLFLOW_ONLY })
      const env = { CAIRN_URL: server.url }
      const said = await runPython(script('mlflow_fluent.py'), { python: interpreter, env })
      expect(facts(said)).toBe(24)
    })

  for (const [release, interpreter] of releases)
    test.skipIf(!interpreter)(`${release} passes the checks of MLflow's live suites`, async () => {
      const root = pathToFileURL(await freshFolder()).href
      await using server = await startServer({ args: [...MLFLOW_ONLY, '--default-artifact-root', root] })
      const env = { CAIRN_URL: server.url }
      const said = await runPython(script('mlflow_contract.py'), { python: interpreter, env, preloaded })
      expect(facts(said)).toBe(40)
    })

  for (const [release, interpreter, database] of [
    ['the newest', python, 'SQLite'],
    ['3.11', repeating(oldPython), 'SQLite'],
    ['the newest', repeating(postgres && python), 'PostgreSQL'],
  ] as const) {
    const factsOf = async (name: string) => {
      const args = [
        ...MLFLOW_ONLY,
        ...(database === 'PostgreSQL' ? ['--database-url', await freshPostgres()] : []),
      ]
      await using server = await startServer({ args })
      const env = { CAIRN_URL: server.url }
      return facts(await runPython(script(name), { python: interpreter, env, preloaded }))
    }
    test.skipIf(!interpreter)(`${release} logs, searches and assesses traces, on ${database}`, async () => {
      expect(await factsOf('mlflow_traces.py')).toBe(47)
    })
    test.skipIf(!interpreter)(
      `${release} stores evaluation datasets, scorers and issues, on ${database}`,
      async () => {
        expect(await factsOf('mlflow_judging.py')).toBe(41)
      },
    )
    test.skipIf(!interpreter)(
      `${release} stores models, versions, stages and aliases, on ${database}`,
      async () => {
        expect(await factsOf('mlflow_registry.py')).toBe(45)
      },
    )
  }
})

describe('webhooks created by the official mlflow, with its environment variables', () => {
  const variables = {
    MLFLOW_WEBHOOK_ALLOWED_SCHEMES: 'http',
    MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS: 'true',
    MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY: 'bXktMzItYnl0ZXMtb2Yta2V5LWZvci1mZXJuZXQhISE=',
    MLFLOW_WEBHOOK_REQUEST_MAX_RETRIES: '3',
    MLFLOW_WEBHOOK_REQUEST_TIMEOUT: '120',
    MLFLOW_WEBHOOK_CACHE_TTL: '0',
  }
  for (const [release, interpreter, database] of [
    ['the newest', python, 'SQLite'],
    ['3.11', repeating(oldPython), 'SQLite'],
    ['the newest', repeating(postgres && python), 'PostgreSQL'],
  ] as const)
    test.skipIf(!interpreter)(`${release} creates, tests and receives them, on ${database}`, async () => {
      const args = [
        ...MLFLOW_ONLY,
        ...(database === 'PostgreSQL' ? ['--database-url', await freshPostgres()] : []),
      ]
      await using server = await startServer({ args, env: variables })
      const env = { CAIRN_URL: server.url }
      const said = await runPython(script('mlflow_webhooks.py'), { python: interpreter, env, preloaded })
      expect(facts(said)).toBe(43)
    })
})

test.skipIf(!python)('ONNX models logged by the official mlflow give the same predictions', async () => {
  await using server = await startServer()
  const said = await runPython(script('mlflow_onnx.py'), { env: { CAIRN_URL: server.url }, preloaded })
  expect(facts(said)).toBe(17)
})

test.skipIf(!python)(
  'XGBoost models logged by the official mlflow give the same predictions',
  { timeout: 300_000 },
  async () => {
    await using server = await startServer()
    const said = await runPython(script('mlflow_xgboost.py'), { env: { CAIRN_URL: server.url }, preloaded })
    expect(facts(said)).toBe(13)
  },
)

test.skipIf(!python)(
  'the official Triton client gets the predictions of xgboost, in JSON and in binary',
  { timeout: 120_000 },
  async () => {
    await using server = await startServer()
    const said = await runPython(script('triton_http.py'), { env: { CAIRN_URL: server.url } })
    expect(facts(said)).toBe(22)
  },
)

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
    expect(facts(said)).toBe(60)
  },
)

test.skipIf(!python)(
  'databricks-sdk manages permissions on experiments, models, jobs and endpoints',
  { timeout: 300_000 },
  async () => {
    const token = 'permissions-control-token-of-the-owner'
    await using server = await startServer({ env: { CAIRN_OWNER_TOKEN: token, CAIRN_AUTH: 'required' } })
    const said = await runPython(script('databricks_permissions.py'), {
      env: { CAIRN_URL: server.url, CAIRN_TOKEN: token },
    })
    expect(facts(said)).toBe(48)
  },
)
