import { randomBytes } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { Readable } from 'node:stream'
import { databases } from '@cairn/platform/testing/databases'
import { deferred } from '@cairn/platform/testing/deferred'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type TrackingApp, trackingApp } from '../testing/tracking-app.js'

const ROOT = '/api/2.0/mlflow-artifacts/artifacts'

describe('artifacts', () => {
  let tracked: TrackingApp
  let origin: string
  let run_id: string
  let folder: string
  beforeAll(async () => {
    tracked = await trackingApp(databases[0]![1])
    origin = await tracked.app.listen({ port: 0, host: '127.0.0.1' })
    run_id = await tracked.createRun()
    folder = `0/${run_id}/artifacts`
  })
  afterAll(() => tracked.close())

  const put = (path: string, body: BodyInit, headers: Record<string, string> = {}) =>
    fetch(`${origin}${ROOT}/${path}`, { method: 'PUT', body, headers, duplex: 'half' } as RequestInit)
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${origin}${ROOT}/${path}`, { headers })

  test('stores and returns files under both prefixes, with any content type', async () => {
    for (const [name, type] of [
      ['d/a.txt', 'text/plain'],
      ['b.json', 'application/json'],
      ['no-type', ''],
    ] as const) {
      const body = `{"name": "${name}"`
      const stored = await put(`${folder}/${name}`, Buffer.from(body), type ? { 'content-type': type } : {})
      expect([stored.status, await stored.json()]).toEqual([200, {}])
      const back = await fetch(`${origin}${ROOT.replace('/api', '/ajax-api')}/${folder}/${name}`)
      expect([back.status, await back.text()]).toEqual([200, body])
    }
    const { headers } = await get(`${folder}/d/a.txt`)
    expect(headers.get('content-disposition')).toBe('attachment; filename=a.txt')
    expect(headers.get('content-type')).toBe('text/plain')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  })

  test('rejects an upload without a file name', async () => {
    const refused = await put(`${folder}/nameless/`, 'x')
    expect([refused.status, await refused.json()]).toEqual([
      400,
      {
        error_code: 'INVALID_PARAMETER_VALUE',
        message: "Artifact path must include a filename (cannot end with '/').",
      },
    ])
    expect((await get(`${folder}/nameless`)).status).toBe(404)
  })

  test('lists paths relative to the folder in the proxy, and relative to the run in the run API', async () => {
    const proxied = await tracked.app.inject(`${ROOT}?path=${folder}`)
    const files = [
      { path: 'b.json', is_dir: false, file_size: 17 },
      { path: 'd', is_dir: true },
      { path: 'no-type', is_dir: false, file_size: 18 },
    ]
    expect(proxied.json()).toEqual({ files })
    const root_uri = `mlflow-artifacts:/${folder}`
    expect((await tracked.get('artifacts/list', { run_id })).body).toEqual({ root_uri, files })
    expect((await tracked.get('artifacts/list', { run_id, path: 'd' })).body).toEqual({
      root_uri,
      files: [{ path: 'd/a.txt', is_dir: false, file_size: 18 }],
    })
    for (const path of ['b.json', 'zzz'])
      expect((await tracked.get('artifacts/list', { run_id, path })).body).toEqual({ root_uri })
    expect((await tracked.app.inject(`${ROOT}?path=nope`)).json()).toEqual({})
  })

  test('serves ranges and empty files, and returns 404 for missing files', async () => {
    await put(`${folder}/digits`, '0123456789')
    await put(`${folder}/empty`, '')
    const part = async (range: string) => {
      const response = await get(`${folder}/digits`, { range })
      return [response.status, response.headers.get('content-range'), await response.text()]
    }
    expect(await part('bytes=2-4')).toEqual([206, 'bytes 2-4/10', '234'])
    expect(await part('bytes=-3')).toEqual([206, 'bytes 7-9/10', '789'])
    expect(await part('bytes=8-99')).toEqual([206, 'bytes 8-9/10', '89'])
    expect(await part('bytes=10-')).toEqual([416, 'bytes */10', ''])
    expect(await part('bytes=0-1,3-4')).toEqual([200, null, '0123456789'])
    expect(await (await get(`${folder}/empty`)).text()).toBe('')
    const absent = await get(`${folder}/absent`)
    expect([absent.status, (await absent.json()).error_code]).toEqual([404, 'RESOURCE_DOES_NOT_EXIST'])
    const head = await fetch(`${origin}${ROOT}/${folder}/digits`, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '10'])
    const directory = await get(`${folder}/d`)
    expect([directory.status, (await directory.json()).message]).toEqual([
      400,
      `Artifact path refers to a directory, not a file: '${folder}/d'`,
    ])
  })

  test('streams large bodies in constant memory', async () => {
    const block = randomBytes(1024 * 1024)
    const blocks = 200
    const before = process.memoryUsage().rss
    let peak = before
    const body = Readable.from(
      (function* () {
        for (let i = 0; i < blocks; i++) {
          peak = Math.max(peak, process.memoryUsage().rss)
          yield block
        }
      })(),
    )
    expect((await put(`${folder}/large`, Readable.toWeb(body) as BodyInit)).status).toBe(200)
    let received = 0
    for await (const chunk of (await get(`${folder}/large`)).body!) {
      received += chunk.length
      peak = Math.max(peak, process.memoryUsage().rss)
    }
    expect(received).toBe(blocks * block.length)
    expect((peak - before) / 1024 / 1024).toBeLessThan(150)
  })

  test('stores nothing of an aborted upload', async () => {
    const { blobs } = tracked.context
    const storing = deferred<{ stored: Promise<unknown> }>()
    const spy = vi.spyOn(blobs, 'put').mockImplementationOnce((...args) => {
      spy.mockRestore()
      const stored = blobs.put(...args)
      storing.resolve({ stored })
      return stored
    })
    const upload = httpRequest(`${origin}${ROOT}/${folder}/broken`, {
      method: 'PUT',
      headers: { 'content-length': '1000000' },
    })
    upload.on('error', () => {})
    upload.write(Buffer.alloc(1000))
    const { stored } = await storing.promise
    upload.destroy()
    await expect(stored).rejects.toThrow()
    expect((await get(`${folder}/broken`)).status).toBe(404)
  })

  test('deletes files and folders', async () => {
    await put(`${folder}/gone/x/y`, 'x')
    for (const path of ['gone/x/y', 'gone', 'gone'])
      expect((await fetch(`${origin}${ROOT}/${folder}/${path}`, { method: 'DELETE' })).status).toBe(200)
    expect((await get(`${folder}/gone/x/y`)).status).toBe(404)
  })

  test('rejects paths outside of the store', async () => {
    const raw = (method: string, path: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const { port } = new URL(origin)
        const call = httpRequest({ host: '127.0.0.1', port, method, path }, (response) => {
          response.resume()
          resolve(response.statusCode)
        })
        call.on('error', reject)
        call.end()
      })
    for (const path of [
      '../x',
      '%2e%2e/%2e%2e/etc/passwd',
      '%252e%252e/x',
      '/etc/passwd',
      'a%00b',
      'a%5c..%5cx',
      'C:/x',
    ])
      for (const method of ['GET', 'PUT', 'DELETE'])
        expect(await raw(method, `${ROOT}/${path}`), `${method} ${path}`).toBe(400)
    for (const path of ['../x', '/etc', '%2e%2e/x']) {
      expect((await tracked.get('artifacts/list', { run_id, path })).status).toBe(400)
      expect((await tracked.app.inject(`${ROOT}?path=${encodeURIComponent(path)}`)).statusCode).toBe(400)
      expect(
        (await tracked.app.inject(`/get-artifact?run_id=${run_id}&path=${encodeURIComponent(path)}`))
          .statusCode,
      ).toBe(400)
    }
  })

  test('hides governed data from every artifact endpoint', async () => {
    await tracked.context.blobs.put('tables/secret/part.parquet', Buffer.from('secret'))
    for (const path of [
      'tables/secret/part.parquet',
      './tables//secret/part.parquet',
      'TABLES/secret/part.parquet',
      'table%C5%BF/secret/part.parquet',
      'imports/1/ratings/part.parquet',
      'volumes/secret',
    ])
      expect((await get(path)).status, path).toBe(403)
    expect((await put('tables/secret/part.parquet', 'forged')).status).toBe(403)
    expect((await tracked.app.inject(`${ROOT}?path=tables`)).statusCode).toBe(403)
    const { files } = (await tracked.app.inject(ROOT)).json()
    expect(files.map((file: { path: string }) => file.path)).toEqual(['0'])
    const { body } = await tracked.post('experiments/create', {
      name: 'sly',
      artifact_location: 'mlflow-artifacts:/tables/secret',
    })
    const sly = await tracked.createRun({ experiment_id: body.experiment_id })
    expect((await tracked.get('artifacts/list', { run_id: sly })).status).toBe(403)
  })

  test('keeps file names in any script and offers them for downloads', async () => {
    const path = `${folder}/${encodeURIComponent('영화 "목록" 100%.txt')}`
    await put(path, 'x')
    const response = await get(path)
    expect(response.headers.get('content-disposition')).toMatch(
      /filename="__ _+__ 100%.txt"; filename\*=UTF-8''%EC/,
    )
    const listed = (await tracked.get('artifacts/list', { run_id })).body.files
    expect(listed.map((file: { path: string }) => file.path)).toContain('영화 "목록" 100%.txt')
  })

  test('serves the endpoints of MLflow’s UI: get-artifact and upload-artifact', async () => {
    const upload = (query: string, body: string) =>
      fetch(`${origin}/ajax-api/2.0/mlflow/upload-artifact?${query}`, { method: 'POST', body })
    const stored = await upload(`run_uuid=${run_id}&path=u/v.html`, '<script>')
    expect([stored.status, await stored.text()]).toEqual([200, ''])
    const back = await fetch(`${origin}/get-artifact?run_uuid=${run_id}&path=u/v.html`)
    expect([await back.text(), back.headers.get('content-type')]).toEqual(['<script>', 'text/plain'])
    for (const [query, body, message] of [
      [`run_uuid=${run_id}`, 'x', 'Request must specify path.'],
      [`run_uuid=${run_id}&path=../x`, '', 'Invalid path'],
      ['path=x', 'x', 'Request must specify run_uuid.'],
      [`run_uuid=${run_id}&path=x`, '', 'Request must specify data.'],
      [
        `run_uuid=${run_id}&path=x`,
        'x'.repeat(10 * 1024 * 1024 + 1),
        'Artifact size is too large. Max size is 10MB.',
      ],
    ] as const)
      expect((await (await upload(query, body)).json()).message).toBe(message)
  })
})
