import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '@cairn/platform/config'
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

test('a server without a configured token generates one for the owner', async () => {
  const server = await startServer(config({}))
  try {
    expect(await statusWith(server.url, server.ownerToken!)).toBe(200)
    expect(await statusWith(server.url, TOKEN)).toBe(401)
  } finally {
    await server.close()
  }
})

test('a configured token of the owner works from the first start, and no other is generated', async () => {
  const server = await startServer(config({ CAIRN_OWNER_TOKEN: TOKEN }))
  try {
    expect(server.ownerToken).toBeUndefined()
    expect(await statusWith(server.url, TOKEN)).toBe(200)
  } finally {
    await server.close()
  }
})

test('a configured token of the owner that could be guessed is refused', () => {
  expect(() => config({ CAIRN_OWNER_TOKEN: 'secret' })).toThrow("The value of 'owner_token' is too short")
})
