import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import Fastify from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { deferred } from '../../testing/deferred.js'
import { boundConnections, type ConnectionLimits } from './connections.js'

const HOUR = 3_600_000
const LIMITS: ConnectionLimits = { bodySilenceMs: HOUR, closeIdleMs: HOUR, closeAllMs: HOUR }
const POST = 'POST /size HTTP/1.1\r\nHost: cairn\r\nContent-Type: application/octet-stream\r\n'

/** Starts a server with a route that counts the bytes of a body, one that does so later, and one that never answers. */
async function served(limits: Partial<ConnectionLimits>) {
  const app = Fastify({ forceCloseConnections: 'idle' })
  boundConnections(app, { ...LIMITS, ...limits })
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
  app.post('/size', async ({ raw }) => ({ size: (await buffer(raw)).length }))
  const resumed = deferred()
  app.post('/later', async ({ raw }) => {
    await resumed.promise
    return { size: (await buffer(raw)).length }
  })
  app.get('/never', () => new Promise(() => undefined))
  await app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => app.close())
  const open = (text: string): Socket => {
    const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
    socket.on('error', () => undefined)
    if (text) socket.write(text)
    return socket
  }
  return { app, open, resumed }
}

test('refuses a body that falls silent with 408', async () => {
  const { open } = await served({ bodySilenceMs: 50 })
  const answer = String(await buffer(open(`${POST}Content-Length: 10\r\n\r\n12345`)))
  expect(answer).toMatch(/^HTTP\/1\.1 408 .*not received completely in time/s)
})

test('reads a body that flows slowly, for longer than the limit', async () => {
  const bodySilenceMs = 1_500
  const { open } = await served({ bodySilenceMs })
  const started = performance.now()
  const socket = open(`${POST}Connection: close\r\nContent-Length: 20\r\n\r\n`)
  const answer = buffer(socket)
  for (let i = 0; i < 20; i++) {
    await sleep(160)
    socket.write('x')
  }
  expect(String(await answer)).toContain('{"size":20}')
  expect(performance.now() - started).toBeGreaterThan(2 * bodySilenceMs)
})

test('waits for a server that is slower than the client', async () => {
  const { open, resumed } = await served({ bodySilenceMs: 50 })
  const answer = buffer(
    open(`${POST.replace('/size', '/later')}Connection: close\r\nContent-Length: 5\r\n\r\n12345`),
  )
  await sleep(200)
  resumed.resolve()
  expect(String(await answer)).toContain('{"size":5}')
})

test.each([
  ['silent', ''],
  ['in the middle of a header', 'GET /never HTTP/1.1\r\nHo'],
])('closing ends a connection that is %s', async (_, text) => {
  const { app, open } = await served({ closeIdleMs: 50 })
  const socket = open(text)
  await once(app.server, 'connection')
  const closed = once(socket, 'close')
  await app.close()
  await closed
})

test.each([
  ['whose request runs', 'GET /never HTTP/1.1\r\nHost: cairn\r\n\r\n'],
  ['in the middle of a body', `${POST}Content-Length: 10\r\n\r\n12345`],
])('closing ends a connection %s at the deadline', async (_, text) => {
  const { app, open } = await served({ closeIdleMs: 10, closeAllMs: 200 })
  const socket = open(text)
  await once(app.server, 'request')
  const closed = once(socket, 'close')
  const started = performance.now()
  await app.close()
  await closed
  expect(performance.now() - started).toBeGreaterThan(150)
})
