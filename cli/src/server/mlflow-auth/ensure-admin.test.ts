import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '@cairn/platform/config'
import { expect, onTestFinished, test } from 'vitest'
import { type RunningServer, startServer } from '../server.js'

const PASSWORD = 'seven high dunes'

/** Starts servers one after another on one data folder, with an administrator in MLflow's configuration. */
function installation() {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-mlflow-admin-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'auth.ini')
  return async (password: string, work: (server: RunningServer) => Promise<void>) => {
    const lines = ['[mlflow]', 'default_permission = READ', 'admin_username = root']
    writeFileSync(path, [...lines, `admin_password = ${password}`].join('\n'))
    const server = await startServer(
      loadConfig({
        ...{ CAIRN_AUTH: 'required', CAIRN_PORT: '0', CAIRN_LOG_LEVEL: 'silent' },
        ...{ CAIRN_DATA: join(folder, 'data'), MLFLOW_AUTH_CONFIG_PATH: path },
      }),
    )
    try {
      await work(server)
    } finally {
      await server.close()
    }
  }
}

const call = (server: RunningServer, method: string, path: string, authorization: string, body?: object) =>
  fetch(`${server.url}/api/2.0/mlflow/users/${path}`, {
    method,
    headers: { authorization, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
const basic = (name: string, password: string) =>
  `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`
const status = async (server: RunningServer, password: string) =>
  (await call(server, 'GET', 'current', basic('root', password))).status

test('does not create an administrator again who was deleted, while there is another', async () => {
  const run = installation()
  await run(PASSWORD, async (server) => {
    const root = basic('root', PASSWORD)
    const ada = { username: 'ada', password: 'three small stones' }
    expect((await call(server, 'POST', 'create', root, ada)).status).toBe(200)
    const promoted = await call(server, 'PATCH', 'update-admin', root, { username: 'ada', is_admin: true })
    expect(promoted.status).toBe(200)
    const deleted = await call(server, 'DELETE', 'delete', basic('ada', ada.password), { username: 'root' })
    expect(deleted.status).toBe(200)
  })
  await run(PASSWORD, async (server) => expect(await status(server, PASSWORD)).toBe(401))
})

test('stores no password that MLflow has published, and gives a link that sets another', async () => {
  const run = installation()
  await run('password1234', async (server) => {
    expect(await status(server, 'password1234')).toBe(401)
    expect(server.firstAdminUrl).toBeUndefined()
    const code = new URL(server.adminPasswordUrl!.replace('#/', '')).searchParams.get('code')
    const accepted = await fetch(`${server.url}/api/cairn/v1/invites/accept`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code, password: PASSWORD }),
    })
    expect(accepted.status).toBe(200)
  })
  await run('password1234', async (server) => {
    expect(server.adminPasswordUrl).toBeUndefined()
    expect(await status(server, 'password1234')).toBe(401)
    expect(await status(server, PASSWORD)).toBe(200)
  })
})
