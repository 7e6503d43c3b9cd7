import { type AddressInfo, connect } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestApp, testApp } from '../../testing/app.js'

let served: TestApp
beforeAll(async () => {
  served = await testApp(async () => {})
  await served.app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(() => served.close())

test.each([
  ['a URL without end', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: cairn\r\n\r\n`, 431],
  ['a header without end', `GET / HTTP/1.1\r\nHost: cairn\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ['another protocol', 'EHLO cairn\r\n\r\n', 400],
])('rejects %s with a code and a message', async (_, sent, status) => {
  const socket = connect((served.app.server.address() as AddressInfo).port, '127.0.0.1')
  socket.write(sent)
  const [head, body] = String(await buffer(socket)).split('\r\n\r\n')
  expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  expect(JSON.parse(body!)).toEqual({
    error_code: 'INVALID_PARAMETER_VALUE',
    message: expect.stringMatching(/\.$/),
  })
})
