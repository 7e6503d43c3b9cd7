import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { zipOf } from '@cairn/pipelines/testing/movielens'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openBundle } from './bundle.js'
import { type ServedUi, serveUi } from './serve.js'

const FILES = {
  'index.html': '<title>MLflow</title>',
  'asset-manifest.json': '{}',
  'static/js/main.0123.js': 'console.log("hi")',
}

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-mlflow-ui-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function write(root: string) {
  for (const [name, content] of Object.entries(FILES)) {
    mkdirSync(join(root, name, '..'), { recursive: true })
    writeFileSync(join(root, name), content)
  }
}

function wheel(prefix = 'mlflow/server/js/build/'): string {
  const built = Object.entries(FILES).map(([name, content]) => [prefix + name, content])
  const path = join(folder, 'mlflow-3.17.2-py3-none-any.whl')
  writeFileSync(path, zipOf({ 'mlflow/__init__.py': 'secret = 1', ...Object.fromEntries(built) }))
  return path
}

describe('the UI is found', () => {
  test.each([
    ['the build', ''],
    ['the package', 'server/js/build'],
    ['site-packages', 'mlflow/server/js/build'],
    ['a virtual environment', 'lib/python3.12/site-packages/mlflow/server/js/build'],
  ])('in %s', async (_what, place) => {
    write(join(folder, place))
    const bundle = await openBundle(folder)
    expect([...bundle.keys()].sort()).toEqual(Object.keys(FILES).sort())
    expect(await text(await bundle.get('static/js/main.0123.js')!.open())).toBe(
      FILES['static/js/main.0123.js'],
    )
  })

  test('in a wheel, of which nothing else can be read', async () => {
    const bundle = await openBundle(wheel())
    expect([...bundle.keys()].sort()).toEqual(Object.keys(FILES).sort())
    expect(await text(await bundle.get('index.html')!.open())).toBe(FILES['index.html'])
  })

  test('or a sentence says what is wrong', async () => {
    await expect(openBundle(join(folder, 'nowhere'))).rejects.toThrow(/does not exist/)
    await expect(openBundle(folder)).rejects.toThrow(/holds no built UI/)
    await expect(openBundle(wheel('mlflow_skinny/'))).rejects.toThrow(/mlflow-skinny/)
    writeFileSync(join(folder, 'broken.whl'), 'PK nonsense')
    await expect(openBundle(join(folder, 'broken.whl'))).rejects.toThrow(/not a wheel that can be read/)
  })
})

describe('the UI is served', () => {
  let upstream: Server
  let seen: { method?: string; url?: string; headers: Record<string, unknown>; body: string }[]
  let ui: ServedUi
  beforeEach(async () => {
    seen = []
    upstream = createServer(async (incoming, response) => {
      const { method, url, headers } = incoming
      seen.push({ method: method!, url: url!, headers, body: await text(incoming) })
      response.writeHead(201, { 'content-type': 'application/json', 'x-request-id': 'r1' })
      response.end('{"answered":true}')
    })
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
    const { port } = upstream.address() as AddressInfo
    ui = await serveUi(await openBundle(wheel()), { server: `http://127.0.0.1:${port}`, token: 'secret' }, 0)
  })
  afterEach(async () => {
    await ui.close()
    upstream.closeAllConnections()
    await new Promise((resolve) => upstream.close(resolve))
  })

  /** Without fetch, which corrects paths and keeps the Host header to itself. */
  const ask = (path: string, { method = 'GET', headers = {}, body = '' } = {}) =>
    new Promise<{ status: number; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
      const { hostname, port } = new URL(ui.url)
      request({ hostname, port, path, method, headers }, async (response) =>
        resolve({ status: response.statusCode!, headers: response.headers, body: await text(response) }),
      )
        .on('error', reject)
        .end(body)
    })

  test('with its page and assets from the wheel', async () => {
    expect(await ask('/')).toMatchObject({
      status: 200,
      body: FILES['index.html'],
      headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' },
    })
    expect(await ask('/static-files/static/js/main.0123.js?v=1')).toMatchObject({
      status: 200,
      body: FILES['static/js/main.0123.js'],
      headers: { 'content-type': 'text/javascript; charset=utf-8' },
    })
    for (const path of ['../__init__.py', '%2e%2e/__init__.py', 'static', 'constructor', 'nothing.js'])
      expect((await ask(`/static-files/${path}`)).status, path).toBe(404)
    expect(seen).toEqual([])
  })

  test('and everything else from the server, as the bearer of the token', async () => {
    const headers = { 'content-type': 'application/json', origin: ui.url, cookie: 'x=1' }
    const answer = await ask('/graphql?a=%2F', { method: 'POST', headers, body: '{"query":"{}"}' })
    expect(answer).toMatchObject({
      status: 201,
      body: '{"answered":true}',
      headers: { 'x-request-id': 'r1' },
    })
    expect(seen).toMatchObject([
      {
        method: 'POST',
        url: '/graphql?a=%2F',
        body: '{"query":"{}"}',
        headers: { authorization: 'Bearer secret' },
      },
    ])
    expect(seen[0]!.headers).not.toHaveProperty('origin')
    expect(seen[0]!.headers).not.toHaveProperty('cookie')
  })

  test.each([
    ['another name of this address', { host: 'evil.example' }],
    ['a page of elsewhere', { origin: 'https://evil.example' }],
    ['a page of another port', { origin: 'http://127.0.0.1:1' }],
    ['a page of a file', { origin: 'null' }],
  ])('but not to %s', async (_who, headers) => {
    expect((await ask('/ajax-api/2.0/mlflow/experiments/search', { headers })).status).toBe(403)
    expect((await ask('/', { headers })).status).toBe(403)
    expect(seen).toEqual([])
  })

  test('and says when the server is gone', async () => {
    upstream.closeAllConnections()
    await new Promise((resolve) => upstream.close(resolve))
    expect(await ask('/version')).toMatchObject({
      status: 503,
      body: expect.stringContaining('No server answers'),
    })
  })
})
