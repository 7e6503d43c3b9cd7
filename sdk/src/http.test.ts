import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { retryDelayMs } from './http/retry.js'
import { HttpTransport } from './http.js'

interface RecordedRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

/** Starts a server that responds to the n-th request with the n-th script and then repeats the last. */
async function serve(...scripts: ((response: ServerResponse) => void)[]) {
  const seen: RecordedRequest[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { method = '', url = '', headers } = request
    seen.push({ method, url, headers, body })
    scripts[Math.min(seen.length, scripts.length) - 1]!(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

const respond =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body))

test('sends JSON with the token and trace context below the base path', async () => {
  const { baseUrl, seen } = await serve(respond(200, { ok: true }))
  const transport = new HttpTransport({
    baseUrl: `${baseUrl}/prefix/`,
    token: 't0',
    traceId: () => 'a'.repeat(32),
  })
  const request = {
    method: 'POST',
    path: '/x',
    query: { id: ['1', '2'], no: undefined },
    json: { a: 1 },
  } as const
  expect(await transport.call(request)).toEqual({ ok: true })
  expect(seen[0]).toMatchObject({ method: 'POST', url: '/prefix/x?id=1&id=2', body: '{"a":1}' })
  expect(seen[0]!.headers).toMatchObject({ authorization: 'Bearer t0', 'content-type': 'application/json' })
  expect(seen[0]!.headers.traceparent).toMatch(/^00-a{32}-[0-9a-f]{16}-01$/)
})

test('sends credentials with non-Latin characters', async () => {
  const { baseUrl, seen } = await serve(respond(200, {}))
  const basic = { username: 'Zoë', password: 'żółć' }
  await new HttpTransport({ baseUrl, basic }).call({ method: 'GET', path: '/x' })
  const sent = Buffer.from('Zoë:żółć', 'utf8').toString('base64')
  expect(seen[0]!.headers.authorization).toBe(`Basic ${sent}`)
})

test('retries a read until the server recovers, with one trace id', async () => {
  const { baseUrl, seen } = await serve(
    respond(503, {}),
    respond(502, '<html>bad</html>'),
    respond(200, { n: 3 }),
  )
  expect(await new HttpTransport({ baseUrl }).call({ method: 'GET', path: '/x' })).toEqual({ n: 3 })
  const traces = seen.map((request) => String(request.headers.traceparent).split('-'))
  expect(new Set(traces.map((parts) => parts[1])).size).toBe(1)
  expect(new Set(traces.map((parts) => parts[2])).size).toBe(3)
})

test('does not retry a failed create, except after 429', async () => {
  const failing = await serve(respond(503, { error_code: 'TEMPORARILY_UNAVAILABLE', message: 'away' }))
  const create = { method: 'POST', path: '/x', json: {} } as const
  await expect(new HttpTransport(failing).call(create)).rejects.toMatchObject({
    code: 'TEMPORARILY_UNAVAILABLE',
    message: 'away',
    status: 503,
  })
  expect(failing.seen).toHaveLength(1)
  const busy = await serve(respond(429, {}), respond(200, {}))
  await new HttpTransport(busy).call(create)
  expect(busy.seen).toHaveLength(2)
})

test('retries an idempotent POST after a broken connection', async () => {
  const { baseUrl, seen } = await serve((response) => void response.socket!.destroy(), respond(200, {}))
  await new HttpTransport({ baseUrl }).call({ method: 'POST', path: '/x', json: {}, idempotent: true })
  expect(seen).toHaveLength(2)
})

test('throws the last error after the maximum number of attempts', async () => {
  const { baseUrl, seen } = await serve(respond(500, 'oops'))
  const call = new HttpTransport({ baseUrl, attempts: 2 }).call({ method: 'GET', path: '/x' })
  await expect(call).rejects.toMatchObject({ code: 'HTTP_500', message: 'oops', status: 500 })
  expect(seen).toHaveLength(2)
})

test('does not retry a rejected request', async () => {
  const details = [{ missing: 'SELECT' }]
  const { baseUrl, seen } = await serve(
    respond(403, { error_code: 'PERMISSION_DENIED', message: 'no', details }),
  )
  const call = new HttpTransport({ baseUrl }).call({ method: 'GET', path: '/x' })
  await expect(call).rejects.toMatchObject({ code: 'PERMISSION_DENIED', details })
  expect(seen).toHaveLength(1)
})

test('throws DEADLINE_EXCEEDED for a body that never ends', async () => {
  const { baseUrl } = await serve((response) => void response.writeHead(200).write('{'))
  const transport = new HttpTransport({ baseUrl, timeoutMs: 50, attempts: 1 })
  await expect(transport.call({ method: 'GET', path: '/x' })).rejects.toMatchObject({
    code: 'DEADLINE_EXCEEDED',
    status: 0,
  })
})

test("throws the caller's abort reason unchanged and stops retrying", async () => {
  const { baseUrl, seen } = await serve(respond(503, {}))
  const stop = new AbortController()
  const call = new HttpTransport({ baseUrl }).call({ method: 'GET', path: '/x', signal: stop.signal })
  await expect.poll(() => seen).toHaveLength(1)
  stop.abort(new Error('enough'))
  await expect(call).rejects.toThrow('enough')
  expect(seen).toHaveLength(1)
})

test('names the address if no server is listening', async () => {
  const transport = new HttpTransport({ baseUrl: 'http://127.0.0.1:1', attempts: 1 })
  await expect(transport.call({ method: 'GET', path: '/x' })).rejects.toThrow(
    /GET http:\/\/127\.0\.0\.1:1\/x/,
  )
})

test('back-off grows, is capped, and honours Retry-After', () => {
  expect(retryDelayMs(1, null, () => 0)).toBe(100)
  expect(retryDelayMs(1, null, () => 1)).toBe(200)
  expect(retryDelayMs(3, null, () => 1)).toBe(800)
  expect(retryDelayMs(30, null, () => 1)).toBe(10_000)
  expect(retryDelayMs(1, '2', () => 0)).toBe(2100)
  expect(retryDelayMs(1, 'Wed, 21 Oct 2026 07:28:00 GMT', () => 0)).toBe(100)
})

test('rejects an address that is not HTTP', () => {
  expect(() => new HttpTransport({ baseUrl: 'databricks' })).toThrow(/http:\/\//)
})

test('rejects an HTML response and reports its type, also after a redirect to a login page', async () => {
  const page = respond(200, '<!doctype html>', { 'content-type': 'text/html; charset=utf-8' })
  const { baseUrl } = await serve(page, respond(302, '', { location: '/login?next=x' }), page)
  const call = () => new HttpTransport({ baseUrl }).call({ method: 'GET', path: '/x', query: { a: '1' } })
  const sentence = 'responded with text/html instead of JSON. Is it a Cairn or MLflow server?'
  await expect(call()).rejects.toThrow(`${baseUrl}/x ${sentence}`)
  await expect(call()).rejects.toThrow(`${baseUrl}/login (after a redirect) ${sentence}`)
})
