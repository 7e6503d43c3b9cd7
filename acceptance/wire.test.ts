import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { send } from './harness/api.js'
import { MLFLOW_ONLY, type Server, startServer } from './harness/server.js'
import { exchange, RawConnection, statusesOf } from './wire/raw-connection.js'

/** The server keeps some of these connections open: it waits for the rest of the request. */
const UNANSWERED_MS = 3_000

const CREATE = '/api/2.0/mlflow/runs/create'
const HOST = 'Host: 127.0.0.1\r\n'
const JSON_TYPE = 'Content-Type: application/json\r\n'

const post = (headers: string, body: string) => `POST ${CREATE} HTTP/1.1\r\n${HOST}${headers}\r\n${body}`
const get = (target: string, headers = '') =>
  `GET ${target} HTTP/1.1\r\n${HOST}${headers}Connection: close\r\n\r\n`
const many = (count: number) => Array.from({ length: count }, (_, i) => i)

describe('malformed HTTP', () => {
  let server: Server
  beforeAll(async () => {
    server = await startServer({ args: MLFLOW_ONLY })
  })
  afterAll(() => server?.[Symbol.asyncDispose]())

  const chunked = `${JSON_TYPE}Transfer-Encoding: chunked\r\n`
  test.each<[string, string | Uint8Array]>([
    ['an empty request', '\r\n\r\n'],
    ['text that is not HTTP', 'hello\r\n\r\n'],
    ['TLS', Buffer.from('16030100a5010000a10303', 'hex')],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['an unknown method', `BREW /pot HTTP/1.1\r\n${HOST}\r\n`],
    ['TRACE', `TRACE / HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`],
    ['CONNECT', `CONNECT evil.com:443 HTTP/1.1\r\n${HOST}\r\n`],
    ['no Host', 'GET /health HTTP/1.1\r\nConnection: close\r\n\r\n'],
    ['two Hosts', `GET /health HTTP/1.1\r\n${HOST}Host: evil.com\r\nConnection: close\r\n\r\n`],
    ['HTTP/1.0', 'GET /api/2.0/mlflow/experiments/list HTTP/1.0\r\n\r\n'],
    ['a whole URL as the target', get('http://evil.com/health')],
    ['an asterisk as the target', get('*')],
    [
      'a target that is not ASCII',
      Buffer.concat([
        Buffer.from('GET /caf'),
        Buffer.from([0xc3, 0xa9, 0xff]),
        Buffer.from(` HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`),
      ]),
    ],
    ['broken percent escapes', get('/api/2.0/mlflow/runs/get?run_id=%zz%')],
    ['escapes that are not UTF-8', get('/api/2.0/mlflow/logged-models/%ff%fe%c0%af')],
    ['a NUL in the path', get('/api/2.0/mlflow/logged-models/%00')],
    [
      '10,000 headers',
      get(
        '/health',
        many(10_000)
          .map((i) => `X-H${i}: ${i}\r\n`)
          .join(''),
      ),
    ],
    ['a header of a megabyte', get('/health', `X-Big: ${'x'.repeat(1_000_000)}\r\n`)],
    ['a query of a megabyte', get(`/api/2.0/mlflow/runs/get?run_id=${'x'.repeat(1_000_000)}`)],
    [
      'a query of 3,000 fields',
      get(
        `/api/2.0/mlflow/runs/get?${many(3000)
          .map((i) => `a${i}=`)
          .join('&')}`,
      ),
    ],
    ['5,000 segments', get('/a'.repeat(5000))],
    ['5,000 segments of an artifact', get(`/api/2.0/mlflow-artifacts/artifacts${'/a'.repeat(5000)}`)],
    ['a header with no name', get('/health', ': x\r\n')],
    ['a header with a control character', get('/health', 'X-A: \x01\r\n')],
    ['a folded header', get('/health', 'X-A: a\r\n b\r\n')],
    ['a negative length', post(`${JSON_TYPE}Content-Length: -1\r\n`, '{}')],
    ['a length that is not a number', post(`${JSON_TYPE}Content-Length: two\r\n`, '{}')],
    ['two lengths', post(`${JSON_TYPE}Content-Length: 2\r\nContent-Length: 3\r\n`, '{}')],
    ['a length and chunks', post(`${chunked}Content-Length: 2\r\n`, '2\r\n{}\r\n0\r\n\r\n')],
    ['a body longer than its length', post(`${JSON_TYPE}Content-Length: 2\r\nConnection: close\r\n`, '{}{}')],
    ['a chunk with an invalid length', post(chunked, 'zz\r\n{}\r\n0\r\n\r\n')],
    ['a chunk with an enormous length', post(chunked, 'ffffffffffffffff\r\n{}')],
    ['a chunk shorter than it says', post(chunked, '9\r\n{}\r\n0\r\n\r\n')],
    ['chunks with long extensions', post(chunked, `2;${'x'.repeat(100_000)}\r\n{}\r\n0\r\n\r\n`)],
    ['an unknown coding', post(`${JSON_TYPE}Transfer-Encoding: gzip\r\n`, '{}')],
    [
      'an unknown compression',
      post(`${JSON_TYPE}Content-Encoding: zstd\r\nContent-Length: 2\r\nConnection: close\r\n`, '{}'),
    ],
    [
      'a request that expects 100-continue',
      post(`${JSON_TYPE}Content-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n`, '{}'),
    ],
    [
      'a request with an unknown expectation',
      post(`${JSON_TYPE}Content-Length: 2\r\nExpect: miracles\r\nConnection: close\r\n`, '{}'),
    ],
    ['an upgrade', get('/api/cairn/v1/events', 'Connection: Upgrade\r\nUpgrade: websocket\r\n')],
    [
      'a body that is not UTF-8',
      Buffer.concat([
        Buffer.from(post(`${JSON_TYPE}Content-Length: 5\r\nConnection: close\r\n`, '')),
        Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]),
      ]),
    ],
  ])('%s is rejected or ignored, and the next request is served', async (_what, bytes) => {
    const statuses = statusesOf(await exchange(server.url, bytes, UNANSWERED_MS))
    expect(statuses.filter((status) => status >= 500 && status !== 501)).toEqual([])
    expect((await send(server.url, 'GET', '/health')).text).toBe('OK')
  })

  test.each(['Host: evil.com', 'host: 127.0.0.1', 'HOST:'])(
    'a second header %s is rejected',
    async (second) => {
      for (const path of ['/health', '/api/2.0/mlflow/experiments/search?max_results=1', '/nowhere']) {
        const text = `GET ${path} HTTP/1.1\r\n${HOST}X-A: b\r\n${second}\r\nConnection: close\r\n\r\n`
        expect(statusesOf(await exchange(server.url, text)), path).toEqual([400])
      }
    },
  )

  test('a request smuggled in the body of another is not executed', async () => {
    const inner = `DELETE /api/2.0/mlflow-artifacts/artifacts/x HTTP/1.1\r\n${HOST}\r\n`
    const outer = post(
      `${JSON_TYPE}Content-Length: ${inner.length}\r\nTransfer-Encoding: chunked\r\n`,
      `0\r\n\r\n${inner}`,
    )
    const statuses = statusesOf(await exchange(server.url, outer))
    expect(statuses).toEqual([400])
  })

  test('pipelined requests are answered in order', async () => {
    const some = many(200).map((i) => `GET /api/2.0/mlflow/runs/get?run_id=r${i} HTTP/1.1\r\n${HOST}\r\n`)
    const text = await exchange(server.url, some.join('') + get('/health'))
    const asked = Array.from(text.matchAll(/Run with id=r(\d+) not found/g), (match) => Number(match[1]))
    expect(asked).toEqual(many(200))
  })

  test('a client that disconnects mid-request leaves no state', async () => {
    const at = '/api/2.0/mlflow-artifacts/artifacts/0/broken.bin'
    for (let i = 0; i < 20; i++) {
      const connection = new RawConnection(server.url)
      await connection.write(
        `PUT ${at} HTTP/1.1\r\n${HOST}Content-Length: 10000000\r\n\r\n${'x'.repeat(100_000)}`,
      )
      connection.socket.destroy()
    }
    expect((await send(server.url, 'GET', at)).status).toBe(404)
    const listed = await send(server.url, 'GET', '/api/2.0/mlflow-artifacts/artifacts', {
      query: { path: '0' },
    })
    expect(listed.text).not.toContain('broken')
  })

  test('300 unfinished requests do not block others (slowloris)', async () => {
    const slow = many(300).map((i) => {
      const connection = new RawConnection(server.url)
      const begun =
        i % 2 === 0 ? `GET /health HTTP/1.1\r\n${HOST}` : post(`${JSON_TYPE}Content-Length: 100\r\n`, '{')
      return { connection, begun }
    })
    await Promise.all(slow.map(({ connection, begun }) => connection.write(begun)))
    for (let i = 0; i < 30; i++) {
      await Promise.all(
        slow.slice(0, 150).map(({ connection }, j) => connection.write(j % 2 === 0 ? `X-${i}: 1\r\n` : ' ')),
      )
      expect((await send(server.url, 'POST', CREATE, { body: {} })).status).toBe(200)
    }
    for (const { connection } of slow) connection.socket.destroy()
    expect((await send(server.url, 'GET', '/health')).text).toBe('OK')
  })

  test('a client that does not read its responses does not fill the memory', async () => {
    const connection = new RawConnection(server.url)
    connection.socket.pause()
    for (let i = 0; i < 500; i++) void connection.write(`GET /openapi.json HTTP/1.1\r\n${HOST}\r\n`)
    for (let i = 0; i < 20; i++) expect((await send(server.url, 'GET', '/health')).text).toBe('OK')
    connection.socket.destroy()
  })
})
