import { get as httpGet, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { buffer } from 'node:stream/consumers'
import Fastify from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { countTurnsDuring } from '../../testing/event-loop-turns.js'
import { inProcess } from '../in-process.js'
import { renderErrors } from '../plugins/errors.js'
import { sendJson } from './send-json.js'

const schema = { response: { 200: { type: 'object' } } }
const list = (length: number) => ({
  items: Array.from({ length }, (_, i) => ({
    i,
    note: `"half ${'\ud800'} of a sign"`.repeat(200),
    no: undefined,
  })),
})
const MEGABYTE = 1024 * 1024
/** Has about 100 kB. */
const MEDIUM = list(20)
const MEGABYTES = list(300)
const MANY_MEGABYTES = list(1600)

async function serving(limits?: Parameters<typeof sendJson>[1]) {
  const app = Fastify()
  renderErrors(app)
  sendJson(app, limits)
  app.get('/large', { schema }, async () => MEGABYTES)
  app.get('/medium', async () => MEDIUM)
  app.get('/larger', async () => MANY_MEGABYTES)
  app.get('/small', async () => ({ a: 1, b: undefined }))
  app.get('/secret', async (_request, reply) => {
    void reply.header('cache-control', 'no-store')
    return MEGABYTES
  })
  app.get('/broken', { schema }, async () => ({ ...MEGABYTES, big: 1n }))
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => app.close())
  return { app, origin }
}

/** A response whose body is never read. */
const unread = (url: string) =>
  new Promise<IncomingMessage>((resolve, reject) => {
    httpGet(url, { agent: false }, resolve).on('error', reject)
  })

async function statusOf(url: string, method = 'GET') {
  const answer = await fetch(url, { method })
  await answer.arrayBuffer()
  return answer.status
}

test('sends a large response like one serialized at once, with its length', async () => {
  const { app, origin } = await serving()
  const text = JSON.stringify(MEGABYTES)
  const answer = await fetch(`${origin}/large`)
  expect(answer.headers.get('content-length')).toBe(String(Buffer.byteLength(text)))
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
  expect((await answer.text()) === text).toBe(true)
  const within = await inProcess(app)('http://127.0.0.1/large', {})
  expect((await within.text()) === text).toBe(true)
  expect(await (await fetch(`${origin}/small`)).text()).toBe('{"a":1}')
})

/** As a client on another machine, whose requests a proxy forwards. */
const elsewhere = (encoding: string) => ({ 'x-forwarded-for': '192.0.2.1', 'accept-encoding': encoding })

test.each([
  ['/large', MEGABYTES],
  ['/medium', MEDIUM],
])('compresses %s for clients on other machines that accept it', async (path, value) => {
  const { origin } = await serving()
  const text = JSON.stringify(value)
  const answer = await fetch(origin + path, { headers: elsewhere('br, gzip;q=0.5') })
  expect(answer.headers.get('content-encoding')).toBe('gzip')
  expect(answer.headers.get('vary')).toBe('accept-encoding')
  expect(Number(answer.headers.get('content-length'))).toBeLessThan(text.length / 5)
  expect((await answer.text()) === text).toBe(true)
})

test.each([
  ['a small response', '/small', elsewhere('gzip')],
  ['secrets', '/secret', elsewhere('gzip')],
  ['for a client that does not accept it', '/large', elsewhere('gzip;q=0, identity')],
  ['for a client on the same machine', '/large', { 'accept-encoding': 'gzip' }],
])('does not compress %s', async (_, path, headers) => {
  const { origin } = await serving()
  const answer = await fetch(origin + path, { headers })
  expect([answer.status, answer.headers.get('content-encoding')]).toEqual([200, null])
  expect(answer.headers.get('content-length')).toBe(String((await answer.arrayBuffer()).byteLength))
})

test('responds with an error when the serialization of a compressed response fails', async () => {
  const { origin } = await serving()
  const answer = await fetch(`${origin}/broken`, { headers: elsewhere('gzip') })
  expect([answer.status, answer.headers.get('content-encoding')]).toEqual([500, null])
})

test('returns the length of a large response to HEAD', async () => {
  const { origin } = await serving()
  const answer = await fetch(`${origin}/large`, { method: 'HEAD' })
  expect(answer.headers.get('content-length')).toBe(String(Buffer.byteLength(JSON.stringify(MEGABYTES))))
  expect(await answer.text()).toBe('')
})

test('responds with an error when serialization fails', async () => {
  const { origin } = await serving()
  const answer = await fetch(`${origin}/broken`)
  expect([answer.status, await answer.json()]).toEqual([
    500,
    expect.objectContaining({ error_code: 'INTERNAL_ERROR' }),
  ])
})

test('lets other requests run while it serializes a large response', async () => {
  const { app } = await serving()
  expect(await countTurnsDuring(app.inject('/larger'))).toBeGreaterThan(40)
})

test('rejects a response above the limit and suggests pages', async () => {
  const { origin } = await serving({ pendingBytes: MEGABYTE, stallTimeoutMs: 60_000 })
  const answer = await fetch(`${origin}/large`)
  expect([answer.status, await answer.json()]).toEqual([
    400,
    {
      error_code: 'INVALID_PARAMETER_VALUE',
      message: "The response is larger than 1 MB: request it in pages with 'max_results' where it is a list.",
    },
  ])
})

test('limits the memory of large responses that are not read', async () => {
  const { origin } = await serving({ pendingBytes: 11 * MEGABYTE, stallTimeoutMs: 60_000 })
  const first = await unread(`${origin}/larger`)
  const refused = await fetch(`${origin}/larger`)
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
  expect(await refused.json()).toMatchObject({ error_code: 'RESOURCE_EXHAUSTED' })
  expect(await statusOf(`${origin}/large`)).toBe(200)
  expect((await buffer(first)).length).toBe(Number(first.headers['content-length']))
  const second = await unread(`${origin}/larger`)
  expect(second.statusCode).toBe(200)
  second.destroy()
  await expect.poll(() => statusOf(`${origin}/larger`)).toBe(200)
  for (const method of ['HEAD', 'GET']) expect(await statusOf(`${origin}/larger`, method)).toBe(200)
})

test('frees pipelined responses when their connection closes', async () => {
  const { origin } = await serving({ pendingBytes: 11 * MEGABYTE, stallTimeoutMs: 3_600_000 })
  const socket = connect(Number(new URL(origin).port), '127.0.0.1').on('error', () => undefined)
  socket.pause()
  socket.write('GET /large HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'.repeat(20))
  await expect.poll(() => statusOf(`${origin}/larger`)).toBe(429)
  socket.destroy()
  await expect.poll(() => statusOf(`${origin}/larger`)).toBe(200)
})

test('keeps no pipelined response of a connection that closes before it is serialized', async () => {
  const { origin } = await serving({ pendingBytes: 11 * MEGABYTE, stallTimeoutMs: 3_600_000 })
  const socket = connect(Number(new URL(origin).port), '127.0.0.1').on('error', () => undefined)
  await new Promise<void>((resolve) => {
    socket.write('GET /large HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'.repeat(20), () => resolve())
  })
  socket.destroy()
  for (let i = 0; i < 50; i++) await statusOf(`${origin}/small`)
  await expect.poll(() => statusOf(`${origin}/larger`)).toBe(200)
})

test('disconnects a client that reads nothing of a large response', async () => {
  const { origin } = await serving({ pendingBytes: 11 * MEGABYTE, stallTimeoutMs: 1000 })
  const idle = await unread(`${origin}/larger`)
  // Under load this response may be disconnected as well before the test has read it.
  await expect.poll(() => statusOf(`${origin}/larger`).catch(() => 0), { timeout: 120_000 }).toBe(200)
  await expect(buffer(idle)).rejects.toThrow('aborted')
})
