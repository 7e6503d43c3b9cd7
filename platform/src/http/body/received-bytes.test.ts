import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import fc from 'fast-check'
import Fastify, { type FastifyRequest } from 'fastify'
import { expect, test } from 'vitest'
import { receiveBytes } from './receive-bytes.js'
import { ReceivedBytes } from './received-bytes.js'

const receive = (chunks: readonly Uint8Array[]) => {
  const received = new ReceivedBytes()
  for (const chunk of chunks) received.add(chunk)
  return received
}

test('has the bytes of all chunks in order, joined or not', () => {
  const chunk = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.integer({ min: 16_000, max: 70_000 }).map((length) => new Uint8Array(length).fill(length % 251)),
  )
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 30 }), (chunks) => {
      const received = receive(chunks)
      const expected = Buffer.concat(chunks)
      expect(Buffer.concat(received.chunks).equals(expected)).toBe(true)
      expect(Buffer.from(received.bytes).equals(expected)).toBe(true)
      expect(received.byteLength).toBe(expected.length)
    }),
  )
})

test('joins small chunks, and copies neither large ones nor the only one', () => {
  const small = receive(Array.from({ length: 100_000 }, () => Uint8Array.of(7)))
  expect(small.chunks.length).toBeLessThan(4)
  const large = [new Uint8Array(20_000), new Uint8Array(30_000)]
  expect(receive(large).chunks).toEqual(large)
  expect(receive(large).chunks[1]).toBe(large[1])
  const only = Uint8Array.of(1)
  expect(receive([only]).bytes.buffer).toBe(only.buffer)
})

const LIMIT = 100_000

/** Sends bytes to a server that answers with the body's bytes, and returns the response. */
async function send(...parts: readonly string[]): Promise<string> {
  const app = Fastify({ bodyLimit: LIMIT })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (request: FastifyRequest, payload: IncomingMessage) =>
    receiveBytes(request, payload),
  )
  app.post('/', async ({ body }) => (body ? (body as ReceivedBytes).bytes : ''))
  await app.listen({ port: 0, host: '127.0.0.1' })
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  await once(socket, 'connect')
  for (const part of parts) socket.write(`${part}`)
  const response = await text(socket)
  await app.close()
  return response
}
const head = (...lines: string[]) =>
  ['POST / HTTP/1.1', 'host: x', 'connection: close', ...lines, '', ''].join('\r\n')

test('receives bodies with a length and without, and requests without a body', async () => {
  expect(await send(head('content-length: 4'), 'ab', 'cd')).toMatch(/ 200 OK[\s\S]*\r\n\r\nabcd$/)
  expect(await send(head('transfer-encoding: chunked'), '1\r\na\r\n2\r\nbc\r\n0\r\n\r\n')).toMatch(/abc$/)
  expect(await send(head('content-length: 0'))).toMatch(/ 200 /)
})

test('refuses a body that is larger than the limit, declared or not', async () => {
  const size = LIMIT + 1
  expect(await send(head(`content-length: ${size}`), 'x'.repeat(size))).toMatch(/ 413 /)
  const chunk = `${size.toString(16)}\r\n${'x'.repeat(size)}\r\n0\r\n\r\n`
  expect(await send(head('transfer-encoding: chunked'), chunk)).toMatch(/ 413 /)
})

test('refuses a body in many tiny chunks, and accepts as many of a usual size', async () => {
  const chunks = (count: number, text: string) =>
    `${`${text.length.toString(16)}\r\n${text}\r\n`.repeat(count)}0\r\n\r\n`
  const chunked = head('transfer-encoding: chunked')
  expect(await send(chunked, chunks(16_400, 'x'))).toMatch(/ 400 [\s\S]*too many small chunks/)
  expect(await send(chunked, chunks(16_000, 'x'))).toMatch(/ 200 /)
  expect(await send(chunked, chunks(1_000, 'x'.repeat(100)))).toMatch(/ 200 /)
})
