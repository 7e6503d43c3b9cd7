import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { startServer } from './harness/server.js'

const HEAD = 'HTTP/1.1\r\nHost: 127.0.0.1\r\n'

/** A server that does not close in time ends itself by SIGKILL. */
test('SIGTERM closes the server in time, with clients of any kind connected', async () => {
  await using server = await startServer()
  const { port } = new URL(server.url)
  const open = async (text: string) => {
    const socket = connect(Number(port), '127.0.0.1').on('error', () => undefined)
    await once(socket, 'connect')
    socket.write(text)
  }
  const half = `POST /api/2.0/mlflow/runs/search ${HEAD}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{`
  await Promise.all([
    ...Array.from({ length: 20 }, () => open('')),
    open('GET /health HTTP/1.1\r\nHo'),
    open(half),
    open(`PUT /api/2.0/mlflow-artifacts/artifacts/half ${HEAD}Content-Length: 1000000\r\n\r\nhalf`),
    open(`GET /api/cairn/v1/events ${HEAD}\r\n`),
  ])
  expect(await server.stop()).toEqual({ code: 0, signal: null })
})

test('Ctrl-C during the demo stops it without calling it a failure', async () => {
  await using server = await startServer({ args: ['--demo'] })
  await expect.poll(() => server.stderr(), { timeout: 60_000 }).toContain('Running the demo job')
  expect(await server.stop('SIGINT')).toEqual({ code: 0, signal: null })
  expect(server.stderr()).toContain('The demo continues when the server starts again with --demo.')
  expect(server.stderr()).not.toContain('failed')
})
