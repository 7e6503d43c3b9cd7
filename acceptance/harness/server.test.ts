import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { afterAll, expect, test } from 'vitest'
import { type Server, startServer } from './server.js'

let server: Server | undefined
afterAll(async () => {
  await server?.stop('SIGKILL')
  if (server) await rm(server.folder, { recursive: true, force: true })
})

test('starts a server in an empty folder and stops it with SIGTERM', async () => {
  await using started = await startServer()
  const health = await fetch(`${started.url}/health`)
  expect([health.status, await health.text()]).toEqual([200, 'OK'])
  expect(await started.stop()).toEqual({ code: 0, signal: null })
})

test('restarts a killed server on its data', async () => {
  const first = await startServer()
  expect(await first.stop('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' })
  expect(existsSync(first.folder)).toBe(true)
  server = await startServer({ folder: first.folder })
  expect((await fetch(`${server.url}/health`)).status).toBe(200)
})

test('reports the output of a server that cannot start', async () => {
  await expect(startServer({ args: ['--no-such-option'] })).rejects.toThrow('--no-such-option')
})
