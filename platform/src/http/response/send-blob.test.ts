import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import Fastify from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { DiskBlobs } from '../../blobs/disk.js'
import { withOverrides } from '../../testing/blobs.js'
import { sendBlob } from './send-blob.js'

type Replaced = (blobs: DiskBlobs) => Partial<DiskBlobs>

const asReader: Replaced = (blobs) => ({ reader: (key) => blobs.reader(key) })
/** Like a store across a network. */
const asStream: Replaced = () => ({})

async function serving(replaced: Replaced = asReader) {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-send-'))
  const store = await DiskBlobs.open(folder)
  const blobs = withOverrides(store, replaced(store))
  const app = Fastify()
  app.get('/*', (request, reply) =>
    sendBlob({ blobs, key: (request.params as { '*': string })['*'], proxied: true }, request, reply),
  )
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  onTestFinished(async () => {
    await app.close()
    rmSync(folder, { recursive: true })
  })
  return { store, origin }
}

const openFiles = () => readdirSync('/proc/self/fd').length
const get = async (url: string, headers = {}) => {
  const answer = await fetch(url, { headers })
  return { status: answer.status, body: Buffer.from(await answer.arrayBuffer()) }
}

const WAYS = [
  ['a reader', asReader],
  ['a stream', asStream],
] as const

test.each(WAYS)('%s: sends blobs longer than the buffers, and their ranges', async (_, way) => {
  const { store, origin } = await serving(way)
  const bytes = randomBytes(3 * 256 * 1024 + 7)
  await store.put('large', bytes)
  await store.put('empty', new Uint8Array())
  expect((await get(`${origin}/large`)).body.equals(bytes)).toBe(true)
  const part = await get(`${origin}/large`, { range: 'bytes=1000-600000' })
  expect([part.status, part.body.equals(bytes.subarray(1000, 600_001))]).toEqual([206, true])
  expect(await get(`${origin}/empty`)).toMatchObject({ status: 200, body: Buffer.alloc(0) })
})

test.each(WAYS)('%s: rejects a folder, also one that begins with an empty folder', async (_, way) => {
  const { store, origin } = await serving(way)
  await store.put('folder/last', Buffer.from('x'))
  mkdirSync(join(store.root, 'folder/first'))
  expect((await get(`${origin}/folder`)).status).toBe(400)
  expect((await get(`${origin}/folder/first`)).status).toBe(404)
})

test('resumes a download only if the blob was not replaced', async () => {
  const { store, origin } = await serving()
  await store.put('a', Buffer.from('first part'))
  const modified = (await fetch(`${origin}/a`)).headers.get('last-modified')!
  const rest = { range: 'bytes=6-' }
  expect((await get(`${origin}/a`, { ...rest, 'if-range': modified })).status).toBe(206)
  for (const other of ['Thu, 01 Jan 1970 00:00:00 GMT', '"an etag"'])
    expect(await get(`${origin}/a`, { ...rest, 'if-range': other })).toEqual({
      status: 200,
      body: Buffer.from('first part'),
    })
})

test.each(WAYS)('%s: does not mix concurrent downloads', async (_, way) => {
  const { store, origin } = await serving(way)
  const blobs = Array.from({ length: 8 }, (_, i) => Buffer.alloc(700_000 + i, i))
  for (const [i, bytes] of blobs.entries()) await store.put(`b${i}`, bytes)
  const asked = [...blobs, ...blobs]
  const found = await Promise.all(asked.map((_, i) => get(`${origin}/b${i % 8}`)))
  expect(found.map(({ body }, i) => body.equals(asked[i]!))).toEqual(asked.map(() => true))
})

const onLinux = test.skipIf(process.platform !== 'linux')
onLinux.each(WAYS)('%s: a client that goes away leaves no file open', async (_, way) => {
  const { store, origin } = await serving(way)
  await store.put('large', Buffer.alloc(64 * 1024 * 1024))
  await get(`${origin}/absent`)
  const before = openFiles()
  for (let i = 0; i < 5; i++)
    await new Promise<void>((resolve) => {
      const call = httpRequest(`${origin}/large`, (answer) => answer.once('data', () => call.destroy()))
      call.on('error', () => undefined)
      call.on('close', () => resolve())
      call.end()
    })
  await expect.poll(openFiles, { timeout: 120_000 }).toBeLessThanOrEqual(before)
  expect((await get(`${origin}/large`, { range: 'bytes=0-0' })).status).toBe(206)
})

/** A store in which a blob is replaced after its head was read. */
const replacing =
  (way: Replaced, by: string): Replaced =>
  (blobs) => {
    let looked = false
    return {
      ...way(blobs),
      head: async (key) => {
        const info = await blobs.head(key)
        if (!looked) await blobs.put(key, Buffer.from(by))
        looked = true
        return info
      },
    }
  }

test('sends the new blob with its length when it was replaced meanwhile', async () => {
  const { store, origin } = await serving(replacing(asReader, 'the new and longer one'))
  await store.put('a', Buffer.from('old'))
  expect((await get(`${origin}/a`)).body.toString()).toBe('the new and longer one')
})

test.each(['longer', 'new', ''])(
  'closes the connection when the stream has another size than announced: %j',
  async (by) => {
    const { store, origin } = await serving(replacing(asStream, by))
    await store.put('a', Buffer.from('older'))
    expect((await get(`${origin}/a`)).status).toBe(503)
    expect((await get(`${origin}/a`)).body.toString()).toBe(by)
  },
)

/** A store whose streams fail after some bytes. */
const breaking = (bytes: number) => () => ({
  get: async () =>
    Readable.from(
      (async function* () {
        yield Buffer.alloc(bytes)
        throw new Error('the store went away')
      })(),
      { objectMode: false },
    ),
})

test('closes the connection when the store fails', async () => {
  const { store, origin } = await serving(breaking(2_000_000))
  await store.put('a', Buffer.alloc(3_000_000))
  await expect(get(`${origin}/a`)).rejects.toThrow('terminated')
  expect((await get(`${origin}/absent`)).status).toBe(404)
})

test('responds with an error when the store fails before the first byte', async () => {
  const { store, origin } = await serving(breaking(1_000))
  await store.put('a', Buffer.alloc(3_000_000))
  const { status, body } = await get(`${origin}/a`)
  expect([status, body.toString()]).toEqual([503, expect.stringContaining("before it sent 'a'")])
})
