import { describe, expect, test } from 'vitest'
import { send } from './harness/api.js'
import { freshFolder } from './harness/folder.js'
import { freshPostgres, postgres } from './harness/postgres.js'
import { startServer } from './harness/server.js'
import { ROW, registerLinear } from './serving/linear-model.js'

const OWNER = 'owner-token-of-the-serving-apart-test'
const MODELS = '/api/2.0/mlflow'

interface Endpoint {
  readonly state: { readonly ready: string; readonly config_update: string }
  readonly config?: { readonly served_entities: readonly { readonly entity_version: string }[] }
}

describe.skipIf(!postgres)('gateways apart from tracking, on one PostgreSQL', () => {
  test('serve an endpoint that was created on one of them, and follow an alias that moves on the other server', async () => {
    const shared = ['--database-url', await freshPostgres(), '--artifacts-destination', await freshFolder()]
    const required = { CAIRN_AUTH: 'required', CAIRN_OWNER_TOKEN: OWNER }
    await using tracking = await startServer({
      args: [...shared, '--services', 'tracking,registry'],
      env: required,
    })
    const env = { ...required, CAIRN_TRACKING_URL: tracking.url, CAIRN_TRACKING_TOKEN: OWNER }
    const args = [...shared, '--services', 'serving']
    await using left = await startServer({ args, env })
    await using right = await startServer({ args, env })
    const call = (url: string, method: string, path: string, body?: object) =>
      send(url, method, path, { token: OWNER, body })

    await call(tracking.url, 'POST', `${MODELS}/registered-models/create`, { name: 'linear' })
    for (const sign of [1, -1] as const) await registerLinear(tracking.url, `0/${sign}`, sign, OWNER)
    const move = (version: string) =>
      call(tracking.url, 'POST', `${MODELS}/registered-models/alias`, {
        name: 'linear',
        alias: 'champion',
        version,
      })
    await move('1')
    const served_entities = [{ name: 'main', entity_name: 'linear', entity_version: '@champion' }]
    const created = await call(left.url, 'POST', '/api/2.0/serving-endpoints', {
      name: 'e',
      config: { served_entities },
    })
    expect([created.status, created.text]).toEqual([200, expect.stringContaining('IN_PROGRESS')])
    const serves = (url: string, version: string) =>
      expect
        .poll(async () => {
          const { state, config } = (await call(url, 'GET', '/api/2.0/serving-endpoints/e')).json<Endpoint>()
          return [state.ready, state.config_update, config?.served_entities[0]?.entity_version]
        })
        .toEqual(['READY', 'NOT_UPDATING', version])
    for (const { url } of [left, right]) await serves(url, '1')
    await move('2')
    for (const { url } of [left, right]) await serves(url, '2')
    const rolledBack = await call(right.url, 'POST', '/api/cairn/v1/serving-endpoints/e/rollback', {
      number: 1,
    })
    expect(rolledBack.status).toBe(200)
    for (const { url } of [left, right]) await serves(url, '1')
    for (const { url } of [left, right]) {
      const answer = await call(url, 'POST', '/serving-endpoints/e/invocations', ROW)
      expect([answer.status, answer.headers.get('served-model-version')]).toEqual([200, '1'])
    }
    const { deployments } = (
      await call(left.url, 'GET', '/api/cairn/v1/serving-endpoints/e/deployments')
    ).json<{ deployments: { reason: string; outcome: string }[] }>()
    expect(deployments.map(({ reason, outcome }) => `${reason}: ${outcome}`)).toEqual([
      'rolled back to 1: SUCCEEDED',
      'alias champion moved from 1 to 2: SUCCEEDED',
      'created: SUCCEEDED',
    ])
  })
})

test('`--services serving` names the services that it needs', async () => {
  await expect(startServer({ args: ['--services', 'serving'] })).rejects.toThrow(
    /needs tracking and registry in the same process.*or CAIRN_TRACKING_URL and CAIRN_TRACKING_TOKEN/,
  )
})
