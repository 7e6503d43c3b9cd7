import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { buffer } from 'node:stream/consumers'
import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { renderErrors } from '../plugins/errors.js'
import { drain } from './drain.js'

const BODY = Buffer.alloc(8 * 1024 * 1024, 'x')

/** Like most clients, sends everything before it reads the response. */
async function sendWhole(port: number, head: string[], body: Iterable<Buffer>) {
  const socket = connect(port, '127.0.0.1')
  for (const chunk of [Buffer.from(`${head.join('\r\n')}\r\n\r\n`), ...body])
    await new Promise<void>((resolve, reject) =>
      socket.write(chunk, (error) => (error ? reject(error) : resolve())),
    )
  return String(await buffer(socket))
}

const POST = ['POST / HTTP/1.1', 'Host: cairn', 'Content-Type: application/json']

test.each([
  ['of a known length', [...POST, `Content-Length: ${BODY.length}`], [BODY]],
  [
    'in chunks',
    [...POST, 'Transfer-Encoding: chunked', 'Connection: close'],
    [Buffer.from(`${BODY.length.toString(16)}\r\n`), BODY, Buffer.from('\r\n0\r\n\r\n')],
  ],
])('rejects a too large body %s with a response and not by closing the connection', async (_, head, body) => {
  const app = Fastify({ bodyLimit: 1000 })
  renderErrors(app)
  app.post('/', async () => ({}))
  await app.listen({ host: '127.0.0.1', port: 0 })
  const answer = await sendWhole((app.server.address() as AddressInfo).port, head, body)
  await app.close()
  expect(answer).toMatch(/^HTTP\/1\.1 413 .*PAYLOAD_TOO_LARGE/s)
})

test('stops waiting for a body that never ends', async () => {
  const server = createServer()
  const arrived = new Promise<IncomingMessage>((resolve) => server.once('request', resolve))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  socket.write([...POST, 'Content-Length: 1000', '', 'begun'].join('\r\n'))
  expect(await drain(await arrived, 20)).toBe(false)
  socket.destroy()
  server.close()
})
