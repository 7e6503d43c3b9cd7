import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { zipOf } from '@cairn/pipelines/testing/movielens'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type ServedUi, serveUi } from './serve.js'
import { openUiFiles } from './ui-files.js'

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

describe('openUiFiles', () => {
  test.each([
    ['the build', ''],
    ['the package', 'server/js/build'],
    ['site-packages', 'mlflow/server/js/build'],
    ['a virtual environment', 'lib/python3.12/site-packages/mlflow/server/js/build'],
  ])('finds the UI in %s', async (_where, path) => {
    write(join(folder, path))
    const files = await openUiFiles(folder)
    expect([...files.keys()].sort()).toEqual(Object.keys(FILES).sort())
    expect(await text(await files.get('static/js/main.0123.js')!.open())).toBe(
      FILES['static/js/main.0123.js'],
    )
  })

  test('finds the UI in a wheel, and exposes no other files of it', async () => {
    const files = await openUiFiles(wheel())
    expect([...files.keys()].sort()).toEqual(Object.keys(FILES).sort())
    expect(await text(await files.get('index.html')!.open())).toBe(FILES['index.html'])
  })

  test('reports a missing or unreadable UI', async () => {
    await expect(openUiFiles(join(folder, 'nowhere'))).rejects.toThrow(/does not exist/)
    await expect(openUiFiles(folder)).rejects.toThrow(/does not contain MLflow's UI/)
    await expect(openUiFiles(wheel('mlflow_skinny/'))).rejects.toThrow(/mlflow-skinny/)
    writeFileSync(join(folder, 'broken.whl'), 'PK nonsense')
    await expect(openUiFiles(join(folder, 'broken.whl'))).rejects.toThrow(/not a readable wheel/)
  })
})

describe('serveUi', () => {
  let upstream: Server
  let received: { method?: string; url?: string; headers: Record<string, unknown>; body: string }[]
  let ui: ServedUi
  beforeEach(async () => {
    received = []
    upstream = createServer(async (incoming, response) => {
      const { method, url, headers } = incoming
      received.push({ method: method!, url: url!, headers, body: await text(incoming) })
      response.writeHead(201, { 'content-type': 'application/json', 'x-request-id': 'r1' })
      response.end('{"answered":true}')
    })
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
    const { port } = upstream.address() as AddressInfo
    ui = await serveUi(await openUiFiles(wheel()), { server: `http://127.0.0.1:${port}`, token: 'secret' }, 0)
  })
  afterEach(async () => {
    await ui.close()
    upstream.closeAllConnections()
    await new Promise((resolve) => upstream.close(resolve))
  })

  /** Not with fetch, which normalizes paths and sets the Host header itself. */
  const send = (path: string, { method = 'GET', headers = {}, body = '' } = {}) =>
    new Promise<{ status: number; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
      const { hostname, port } = new URL(ui.url)
      request({ hostname, port, path, method, headers }, async (response) =>
        resolve({ status: response.statusCode!, headers: response.headers, body: await text(response) }),
      )
        .on('error', reject)
        .end(body)
    })

  test('serves the page and assets from the wheel', async () => {
    expect(await send('/')).toMatchObject({
      status: 200,
      body: FILES['index.html'],
      headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' },
    })
    expect(await send('/static-files/static/js/main.0123.js?v=1')).toMatchObject({
      status: 200,
      body: FILES['static/js/main.0123.js'],
      headers: { 'content-type': 'text/javascript; charset=utf-8' },
    })
    for (const path of ['../__init__.py', '%2e%2e/__init__.py', 'static', 'constructor', 'nothing.js'])
      expect((await send(`/static-files/${path}`)).status, path).toBe(404)
    expect(received).toEqual([])
  })

  test('proxies everything else to the server with the token', async () => {
    const headers = { 'content-type': 'application/json', origin: ui.url, cookie: 'x=1' }
    const response = await send('/graphql?a=%2F', { method: 'POST', headers, body: '{"query":"{}"}' })
    expect(response).toMatchObject({
      status: 201,
      body: '{"answered":true}',
      headers: { 'x-request-id': 'r1' },
    })
    expect(received).toMatchObject([
      {
        method: 'POST',
        url: '/graphql?a=%2F',
        body: '{"query":"{}"}',
        headers: { authorization: 'Bearer secret' },
      },
    ])
    expect(received[0]!.headers).not.toHaveProperty('origin')
    expect(received[0]!.headers).not.toHaveProperty('cookie')
  })

  test.each([
    ['another host name for this address', { host: 'evil.example' }],
    ['a page of another site', { origin: 'https://evil.example' }],
    ['a page of another port', { origin: 'http://127.0.0.1:1' }],
    ['a local file', { origin: 'null' }],
  ])('blocks %s', async (_client, headers) => {
    expect((await send('/ajax-api/2.0/mlflow/experiments/search', { headers })).status).toBe(403)
    expect((await send('/', { headers })).status).toBe(403)
    expect(received).toEqual([])
  })

  test('returns 503 when the server cannot be reached', async () => {
    upstream.closeAllConnections()
    await new Promise((resolve) => upstream.close(resolve))
    expect(await send('/version')).toMatchObject({
      status: 503,
      body: expect.stringContaining('cannot be reached'),
    })
  })
})
