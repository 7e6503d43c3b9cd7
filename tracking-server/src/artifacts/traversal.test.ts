import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TrackingApp, trackingApp } from '../testing/tracking-app.js'

const STORE = '/api/2.0/mlflow-artifacts'
const SECRET = 'the secret beside the store'

/** Encoded for a URL. */
const SPELLINGS = [
  '../secret',
  '..%2fsecret',
  '%2e%2e/secret',
  '%2E%2E%2Fsecret',
  '%252e%252e/secret',
  '%25252e%25252e%25252fsecret',
  'a/../../secret',
  'a/%2e%2e/%2e%2e/secret',
  'a%5c..%5c..%5csecret',
  '..%5csecret',
  '%5csecret',
  'a%00b',
  'a%0ab',
  'a%2500b',
  'C:%2fsecret',
  'C:secret',
  '%2fetc%2fpasswd',
  '%252fetc%252fpasswd',
]

describe('path traversal', () => {
  let tracked: TrackingApp
  let origin: string
  let run_id: string
  let model_id: string
  const beside = mkdtempSync(join(tmpdir(), 'cairn-beside-'))
  beforeAll(async () => {
    tracked = await trackingApp(databases[0]![1])
    origin = await tracked.app.listen({ port: 0, host: '127.0.0.1' })
    run_id = await tracked.createRun()
    const { body } = await tracked.post('logged-models', { experiment_id: '0', name: 'm' })
    model_id = body.model.info.model_id
    writeFileSync(join(tracked.context.config.data, 'secret'), SECRET)
    writeFileSync(join(beside, 'secret'), SECRET)
  })
  afterAll(async () => {
    await tracked.close()
    rmSync(beside, { recursive: true })
  })

  /** `fetch` would normalize the path before sending it. */
  const raw = (method: string, path: string, payload?: object) =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const { port } = new URL(origin)
      const headers = payload ? { 'content-type': 'application/json' } : {}
      const call = httpRequest({ host: '127.0.0.1', port, method, path, headers }, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk) => {
          text += chunk
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
      })
      call.on('error', reject)
      call.end(payload ? JSON.stringify(payload) : undefined)
    })

  const upload = { upload_id: 'A'.repeat(32) }
  const parts = [{ part_number: 1, etag: 'x' }]
  const WAYS: readonly [string, (spelled: string) => Promise<{ status: number; text: string }>][] = [
    ['a download', (path) => raw('GET', `${STORE}/artifacts/${path}`)],
    ['an upload', (path) => raw('PUT', `${STORE}/artifacts/${path}`)],
    ['a deletion', (path) => raw('DELETE', `${STORE}/artifacts/${path}`)],
    ['a listing', (path) => raw('GET', `${STORE}/artifacts?path=${path}`)],
    ['an upload in parts', (path) => raw('POST', `${STORE}/mpu/create/${path}`, { path: 'x', num_parts: 1 })],
    [
      'its completion',
      (path) => raw('POST', `${STORE}/mpu/complete/${path}`, { path: 'x', ...upload, parts }),
    ],
    ['its end', (path) => raw('POST', `${STORE}/mpu/abort/${path}`, { path: 'x', ...upload })],
    ['a presigned URL', (path) => raw('GET', `${STORE}/presigned/${path}`)],
    [
      'a listing of a run',
      (path) => raw('GET', `/api/2.0/mlflow/artifacts/list?run_id=${run_id}&path=${path}`),
    ],
    ['a file of a run', (path) => raw('GET', `/get-artifact?run_id=${run_id}&path=${path}`)],
    [
      'an upload by a page',
      (path) => raw('POST', `/ajax-api/2.0/mlflow/upload-artifact?run_uuid=${run_id}&path=${path}`, { x: 1 }),
    ],
    [
      'a listing of a model',
      (path) =>
        raw(
          'GET',
          `/api/2.0/mlflow/logged-models/${model_id}/artifacts/directories?artifact_directory_path=${path}`,
        ),
    ],
    [
      'a file of a model',
      (path) =>
        raw('GET', `/api/2.0/mlflow/logged-models/${model_id}/artifacts/files?artifact_file_path=${path}`),
    ],
    ...(['upload', 'download'] as const).map(
      (way): [string, (path: string) => Promise<{ status: number; text: string }>] => [
        `a presigned ${way} of a run`,
        (path) =>
          raw('POST', `/api/2.0/mlflow/artifacts/presigned-${way}-url`, {
            run_id,
            path: decodeURIComponent(path),
          }),
      ],
    ),
  ]

  test.each(WAYS)('%s', async (_way, ask) => {
    for (const spelled of SPELLINGS) {
      const { status, text } = await ask(spelled)
      expect([400, 404], `${spelled}: ${status} ${text}`).toContain(status)
      expect(text, spelled).not.toContain(SECRET)
      if (status === 400) expect(JSON.parse(text).error_code, spelled).toBe('INVALID_PARAMETER_VALUE')
    }
    const stored: string[] = []
    for await (const { key } of tracked.context.blobs.walk('')) stored.push(key)
    expect(stored).toEqual([])
  })

  test('accepts any artifact location but only accesses the configured stores', async () => {
    for (const [i, location] of [
      'file:///',
      'file:///etc',
      '/etc',
      'etc',
      pathToFileURL(beside).href,
      beside,
      `file://localhost${beside}`,
      `mlflow-artifacts:/../../${beside}`,
      'mlflow-artifacts:/%2e%2e/%2e%2e/etc',
      's3://somebody-elses/bucket',
      'http://169.254.169.254/latest/meta-data',
    ].entries()) {
      const made = await tracked.post('experiments/create', { name: `far ${i}`, artifact_location: location })
      if (made.status !== 200) {
        expect(made.status, location).toBe(400)
        continue
      }
      const run = await tracked.createRun({ experiment_id: made.body.experiment_id })
      const uploading = `/ajax-api/2.0/mlflow/upload-artifact?run_uuid=${run}&path=secret`
      for (const { status, text } of [
        await raw('GET', `/get-artifact?run_id=${run}&path=secret`),
        await raw('GET', `/api/2.0/mlflow/artifacts/list?run_id=${run}`),
        await raw('POST', uploading, { x: 1 }),
      ]) {
        expect([400, 404], `${location}: ${status} ${text}`).toContain(status)
        expect(text).not.toContain(SECRET)
      }
    }
  })

  test.each([
    'mlflow-artifacts:/a#fragment',
    'mlflow-artifacts:/a?x=..',
    'mlflow-artifacts:/a?x=%2e%2e',
    'mlflow-artifacts:/a?x=%252e%252e',
    's3://bucket/a#b',
    's3://bucket/a?../..',
    'file:///a#b',
    'runs:/abc/model',
  ])('rejects the artifact location %s', async (artifact_location) => {
    const { status, body } = await tracked.post('experiments/create', { name: 'odd', artifact_location })
    expect([status, body.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE'])
  })

  test('keeps the query of a location after the path', async () => {
    const { body } = await tracked.post('experiments/create', {
      name: 'queried',
      artifact_location: 'mlflow-artifacts:/queried?tenant=1',
    })
    const run = await tracked.createRun({ experiment_id: body.experiment_id })
    const put = await fetch(`${origin}${STORE}/artifacts/queried/${run}/artifacts/a`, {
      method: 'PUT',
      body: 'x',
    })
    expect(put.status).toBe(200)
    expect((await tracked.get('artifacts/list', { run_id: run })).body.files).toEqual([
      { path: 'a', is_dir: false, file_size: 1 },
    ])
    await tracked.context.blobs.delete('queried')
  })
})
