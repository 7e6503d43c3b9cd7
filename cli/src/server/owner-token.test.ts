import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '@cairn/platform/config'
import { RegisterWorker, WORKER_PROTOCOL } from '@cairn/platform/protocol/cairn/workers'
import { expect, test } from 'vitest'
import { startServer } from './server.js'

const TOKEN = 'a-token-that-a-secret-store-generated'
const folder = () => mkdtempSync(join(tmpdir(), 'cairn-owner-token-'))
const config = (env: Record<string, string>) =>
  loadConfig({
    CAIRN_AUTH: 'required',
    CAIRN_PORT: '0',
    CAIRN_LOG_LEVEL: 'silent',
    CAIRN_DATA: folder(),
    ...env,
  })

async function statusWith(url: string, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` }
  return (await fetch(`${url}/api/2.0/mlflow/experiments/search?max_results=1`, { headers })).status
}

test('generates a token for the owner and a link for the first administrator', async () => {
  const server = await startServer(config({}))
  try {
    expect(await statusWith(server.url, server.ownerToken!)).toBe(200)
    expect(await statusWith(server.url, TOKEN)).toBe(401)
    const code = new URL(server.firstAdminUrl!.replace('#/', '')).searchParams.get('code')
    const accepted = await fetch(`${server.url}/api/cairn/v1/invites/accept`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code, name: 'ada', password: 'three small stones' }),
    })
    const cookie = accepted.headers.get('set-cookie')!.split(';')[0]!
    const account = await fetch(`${server.url}/api/cairn/v1/account`, { headers: { cookie } })
    expect(await account.json()).toMatchObject({ name: 'ada', manages_identities: true })
  } finally {
    await server.close()
  }
})

test('accepts the configured token of the owner, and generates no other', async () => {
  const server = await startServer(config({ CAIRN_OWNER_TOKEN: TOKEN }))
  try {
    expect(server.ownerToken).toBeUndefined()
    expect(await statusWith(server.url, TOKEN)).toBe(200)
  } finally {
    await server.close()
  }
})

test('accepts the configured token of workers for workers only', async () => {
  const server = await startServer(config({ CAIRN_WORKER_TOKEN: TOKEN }))
  try {
    expect(server.ownerToken).toMatch(/^cairn_/)
    expect(await statusWith(server.url, TOKEN)).toBe(403)
    const worker = { name: 'w', version: '1', labels: [], concurrency: 1, protocol: WORKER_PROTOCOL }
    const registered = await fetch(`${server.url}${RegisterWorker.path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify(worker),
    })
    expect(registered.status).toBe(200)
  } finally {
    await server.close()
  }
})

test('rejects a configured token that is too short, or for two purposes', () => {
  expect(() => config({ CAIRN_WORKER_TOKEN: 'secret' })).toThrow("The value of 'worker_token' is too short")
  expect(() => config({ CAIRN_WORKER_TOKEN: TOKEN, CAIRN_OWNER_TOKEN: TOKEN })).toThrow(
    "'worker_token' equals the token of the owner",
  )
  expect(() => config({ CAIRN_OWNER_TOKEN: 'secret' })).toThrow("The value of 'owner_token' is too short")
})
