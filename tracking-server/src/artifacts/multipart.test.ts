import { createHash, randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { DiskBlobs } from '@cairn/platform/blobs/disk'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TrackingApp, trackingApp } from '../testing/tracking-app.js'

const STORE = '/api/2.0/mlflow-artifacts'

interface Credential {
  url: string
  part_number: number
}
interface Upload {
  upload_id: string
  credentials: Credential[]
}

describe('multipart uploads to a store without signed URLs', () => {
  let tracked: TrackingApp
  let origin: string
  let now = Date.now()
  beforeAll(async () => {
    tracked = await trackingApp(databases[0]![1], () => now)
    origin = await tracked.app.listen({ port: 0, host: '127.0.0.1' })
  })
  afterAll(() => tracked.close())

  const post = async (path: string, body: object) => {
    const response = await fetch(`${origin}${STORE}/mpu/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    // biome-ignore lint/suspicious/noExplicitAny: tests inspect arbitrary responses
    return { status: response.status, body: (await response.json()) as any }
  }
  const create = async (folder: string, path: string, num_parts: number): Promise<Upload> =>
    (await post(`create/${folder}`, { path, num_parts })).body
  const send = async ({ url, part_number }: Credential, body: Buffer<ArrayBuffer>) => {
    const response = await fetch(url, { method: 'PUT', body })
    return { part_number, etag: response.headers.get('etag') ?? '', url, status: response.status }
  }
  const get = (path: string) => fetch(`${origin}${STORE}/artifacts/${path}`)
  const incoming = (upload = '') =>
    readdirSync(join((tracked.context.blobs as DiskBlobs).root, '.incoming', upload))

  test('assembles parts sent in any order, and is invisible until it is completed', async () => {
    const parts = [randomBytes(300_000), randomBytes(300_000), randomBytes(7)]
    const { upload_id, credentials } = await create('1/r/artifacts', '/home/someone/big.bin', 3)
    expect(credentials.map(({ part_number }) => part_number)).toEqual([1, 2, 3])
    await send(credentials[1]!, Buffer.from('sent again below'))
    const sent = []
    for (const i of [2, 0, 1]) sent[i] = await send(credentials[i]!, parts[i]!)
    expect((await get('1/r/artifacts/big.bin')).status).toBe(404)
    const completed = await post('complete/1/r/artifacts', { path: 'big.bin', upload_id, parts: sent })
    expect(completed).toEqual({ status: 200, body: {} })
    const stored = Buffer.from(await (await get('1/r/artifacts/big.bin')).arrayBuffer())
    const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
    expect(digest(stored)).toBe(digest(Buffer.concat(parts)))
    expect(incoming()).toEqual([`multipart~${upload_id}`])
    expect(incoming(`multipart~${upload_id}`)).toEqual(['whole'])
    expect((await send(credentials[0]!, parts[0]!)).status).toBe(404)
  })

  test('can be completed repeatedly, concurrently or after a lost response', async () => {
    const { upload_id, credentials } = await create('1/r', 'twice.bin', 2)
    const parts = [
      await send(credentials[0]!, randomBytes(3_000_000)),
      await send(credentials[1]!, randomBytes(3_000_000)),
    ]
    const complete = async (sent: object[]) =>
      (await post('complete/1/r', { path: 'twice.bin', upload_id, parts: sent })).status
    expect(await Promise.all([1, 2, 3].map(() => complete(parts)))).toEqual([200, 200, 200])
    expect(await complete(parts)).toBe(200)
    expect(await complete([parts[0]!])).toBe(404)
    expect((await post('abort/1/r', { path: 'twice.bin', upload_id })).status).toBe(200)
    expect((await (await get('1/r/twice.bin')).arrayBuffer()).byteLength).toBe(6_000_000)
  })

  test('leaves nothing when aborted; aborting is idempotent', async () => {
    const { upload_id, credentials } = await create('1/r', 'gone.bin', 2)
    await send(credentials[0]!, Buffer.from('x'))
    for (let i = 0; i < 2; i++)
      expect(await post('abort/1/r', { path: 'gone.bin', upload_id })).toEqual({ status: 200, body: {} })
    expect(incoming()).not.toContain(`multipart~${upload_id}`)
    expect((await get('1/r/gone.bin')).status).toBe(404)
  })

  test('can only be completed with its own parts and under its own name', async () => {
    const { upload_id, credentials } = await create('1/r', 'strict.bin', 2)
    const [one, two] = [
      await send(credentials[0]!, Buffer.from('1')),
      await send(credentials[1]!, Buffer.from('2')),
    ]
    const complete = async (parts: object[], path = 'strict.bin', folder = '1/r', id = upload_id) =>
      (await post(`complete/${folder}`, { path, upload_id: id, parts })).status
    expect(await complete([two, one])).toBe(400)
    expect(await complete([])).toBe(400)
    expect(await complete([one, { ...two, etag: one.etag }])).toBe(400)
    expect(await complete([one, { part_number: 2 }])).toBe(400)
    expect(await complete([{ ...one, etag: '../../../etc/passwd' }])).toBe(400)
    expect(await complete([one, two], 'other.bin')).toBe(404)
    expect(await complete([one, two], 'strict.bin', '1/other')).toBe(404)
    expect(await complete([one, two], 'strict.bin', '1/r', '../../x')).toBe(404)
    expect((await post('abort/1/r', { path: 'other.bin', upload_id })).status).toBe(200)
    expect(await complete([one, two])).toBe(200)
  })

  test('limits the number of parts like S3, and rejects names outside of the store', async () => {
    for (const [folder, body] of [
      ['1/r', { path: 'x', num_parts: 10_001 }],
      ['1/r', { path: 'x', num_parts: 0 }],
      ['1/r', { num_parts: 1 }],
      ['1/r', { path: '..', num_parts: 1 }],
      ['1/r', { path: 'a/..', num_parts: 1 }],
      ['1/r', { path: '%2e%2e', num_parts: 1 }],
      ['1/%252e%252e/%252e%252e', { path: 'x', num_parts: 1 }],
      ['1/r%5c..%5c..', { path: 'x', num_parts: 1 }],
    ] as const)
      expect((await post(`create/${folder}`, body)).status, JSON.stringify([folder, body])).toBe(400)
    expect((await post('create/tables/t', { path: 'x', num_parts: 1 })).status).toBe(403)
    const windows = await create('1/r', 'C:\\Users\\me\\model.bin', 1)
    const part = await send(windows.credentials[0]!, Buffer.from('x'))
    const { upload_id } = windows
    await post('complete/1/r', { path: 'C:\\Users\\me\\model.bin', upload_id, parts: [part] })
    expect((await get('1/r/model.bin')).status).toBe(200)
    for (const [id, number] of [
      ['..%2f..%2fx', '1'],
      [upload_id, '1'],
      ['A'.repeat(32), '1'],
    ])
      expect(
        (await fetch(`${origin}${STORE}/mpu/parts/${id}/${number}`, { method: 'PUT', body: 'x' })).status,
      ).toBe(404)
    for (const number of ['0', '10001', '-1', '1e1', 'x'])
      expect(
        (await fetch(`${origin}${STORE}/mpu/parts/${'A'.repeat(32)}/${number}`, { method: 'PUT', body: 'x' }))
          .status,
      ).toBe(400)
  })

  test('serves ranges from a presigned URL that expires', async () => {
    await fetch(`${origin}${STORE}/artifacts/1/r/digits "1".txt`, { method: 'PUT', body: '0123456789' })
    const response = await fetch(`${origin}${STORE}/presigned/1/r/digits "1".txt`)
    const { url, headers, file_size } = (await response.json()) as {
      url: string
      headers: object
      file_size: number
    }
    expect([headers, file_size]).toEqual([{}, 10])
    const part = await fetch(url, { headers: { range: 'bytes=2-4' } })
    expect([part.status, await part.text()]).toEqual([206, '234'])
    expect(part.headers.get('content-security-policy')).toContain('sandbox')
    expect((await fetch(url.replace('tickets/', 'tickets/x'))).status).toBe(404)
    now += 301_000
    expect((await fetch(url)).status).toBe(404)
    expect((await fetch(`${origin}${STORE}/presigned/1/r/absent`)).status).toBe(404)
    expect((await fetch(`${origin}${STORE}/presigned/tables/t`)).status).toBe(403)
  })

  test('rejects presigned URLs of runs with proxied artifacts, in MLflow’s words', async () => {
    const run_id = await tracked.createRun()
    for (const [direction, expiration] of [
      ['upload', 60],
      ['download', 60],
    ] as const) {
      const ask = (body: object) => tracked.post(`artifacts/presigned-${direction}-url`, body)
      expect(await ask({ run_id, path: 'x', expiration })).toMatchObject({
        status: 400,
        body: {
          message: expect.stringContaining(`Presigned ${direction} is not supported for runs with proxied`),
        },
      })
      expect(await ask({ run_id, model_id: 'm-1', path: 'x' })).toMatchObject({
        status: 400,
        body: { message: 'Exactly one of run_id and model_id must be provided.' },
      })
      for (const bad of [
        { run_id },
        { path: 'x' },
        { run_id, path: '../x' },
        { run_id, path: 'x', expiration: 0 },
      ])
        expect((await ask(bad)).status, JSON.stringify(bad)).toBe(400)
      expect((await ask({ run_id, path: 'x', expiration: 604_801 })).status).toBe(400)
      expect((await ask({ run_id: 'absent', path: 'x' })).status).toBe(404)
    }
  })
})
