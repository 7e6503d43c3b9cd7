import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { blobsContract } from '../testing/blobs.js'
import { NO_S3, testS3, unfinishedUploads } from '../testing/s3.js'
import { releaseBuffer } from './release-buffer.js'
import { S3Blobs } from './s3.js'
import { s3Client } from './s3-client.js'

const openStore = async ({ bucket, options }: NonNullable<typeof testS3>) => {
  const prefix = `test-${randomUUID()}`
  const blobs = await S3Blobs.open(bucket, prefix, options)
  const close = async () => {
    for (const folder of (await blobs.list('')).folders) await blobs.delete(folder)
    for (const blob of (await blobs.list('')).blobs) await blobs.delete(blob.key)
    blobs.close()
  }
  return {
    ...{ blobs, prefix, close },
    unfinished: async () => (await unfinishedUploads({ bucket, options }, prefix)).length,
  }
}

if (!testS3) {
  test.skip(`S3Blobs: ${NO_S3}`, () => {})
} else {
  const { bucket, options } = testS3
  blobsContract('S3Blobs', () => openStore({ bucket, options }))

  describe('S3Blobs', () => {
    let store: Awaited<ReturnType<typeof openStore>>
    let blobs: S3Blobs
    beforeAll(async () => {
      store = await openStore({ bucket, options })
      blobs = store.blobs
    })
    afterAll(() => store.close())

    test('probes whether the store honours exclusive create, and deletes the probe', async () => {
      expect(blobs.exclusiveCreate).toBe(true)
      expect((await blobs.list('')).blobs).toEqual([])
    })

    test('returns bucket, prefix and key as uri', () => {
      expect(blobs.uri('a/b')).toMatch(new RegExp(`^s3://${bucket}/test-[0-9a-f-]+/a/b$`))
    })

    test('completes a multipart upload by URL only with the parts that were sent', async () => {
      const { multipart } = blobs
      const id = await multipart.create('parts/whole')
      const bodies = [Buffer.alloc(5 * 1024 * 1024, 1), Buffer.from('the rest')]
      const sent = await Promise.all(
        bodies.map(async (body, i) => {
          const answer = await fetch(await multipart.partUrl('parts/whole', id, i + 1, 60), {
            method: 'PUT',
            body,
          })
          return { number: i + 1, etag: answer.headers.get('etag')! }
        }),
      )
      expect((await blobs.list('parts')).blobs).toEqual([])
      const [one, two] = [sent[0]!, sent[1]!]
      for (const parts of [[two, one], [one, { ...two, etag: one.etag }], [{ number: 1, etag: 'x' }], []])
        await expect(multipart.complete('parts/whole', id, parts)).rejects.toMatchObject({
          code: 'INVALID_PARAMETER_VALUE',
        })
      await expect(multipart.complete('parts/other', id, sent)).rejects.toMatchObject({
        code: 'RESOURCE_DOES_NOT_EXIST',
      })
      expect(await multipart.complete('parts/whole', id, sent)).toMatchObject({ size: 5 * 1024 * 1024 + 8 })
      const aborted = await multipart.create('parts/aborted')
      await multipart.abort('parts/aborted', aborted)
      await multipart.abort('parts/aborted', aborted)
      await expect(multipart.complete('parts/aborted', aborted, [one])).rejects.toMatchObject({
        code: 'RESOURCE_DOES_NOT_EXIST',
      })
    })

    test('signs URLs that read and write one key without credentials until they expire', async () => {
      const put = await fetch(await blobs.signedUrl('signed', 'put', 60), { method: 'PUT', body: 'by url' })
      expect(put.status).toBe(200)
      const get = await fetch(await blobs.signedUrl('signed', 'get', 60))
      expect(await get.text()).toBe('by url')
      const soon = await blobs.signedUrl('signed', 'get', 1)
      await expect.poll(async () => (await fetch(soon)).status, { interval: 200 }).toBe(403)
    })

    test('releases network buffers during a download', async () => {
      await blobs.put('long', Readable.from(Array(40).fill(Buffer.alloc(1024 * 1024)), { objectMode: false }))
      const body = (await blobs.get('long')) as IncomingMessage
      const { socket } = body
      const before = process.memoryUsage().arrayBuffers
      let most = 0
      for await (const chunk of body) {
        releaseBuffer(chunk)
        most = Math.max(most, process.memoryUsage().arrayBuffers)
      }
      expect(most - before).toBeLessThan(8 * 1024 * 1024)
      expect(socket.listeners('data')).not.toContain(releaseBuffer)
    })

    test('walks and deletes more blobs than one page or batch', async () => {
      const names = Array.from({ length: 1_050 }, (_, i) => `many/${String(i).padStart(4, '0')}`)
      for (let i = 0; i < names.length; i += 50)
        await Promise.all(names.slice(i, i + 50).map((name) => blobs.put(name, Buffer.from('x'))))
      const walked: string[] = []
      for await (const blob of blobs.walk('many')) walked.push(blob.key)
      expect(walked).toEqual(names)
      await blobs.delete('many')
      expect(await blobs.list('many')).toEqual({ blobs: [], folders: [] })
    }, 300_000)

    test('lists a folder past the marker of another tool', async () => {
      const client = s3Client(options)
      const marker = { Bucket: bucket, Key: `${store.prefix}/marked/` }
      await client.send(new PutObjectCommand(marker))
      await blobs.put('marked/a', Buffer.from('x'))
      expect((await blobs.listPage('marked', { limit: 1 })).entries).toMatchObject([{ key: 'marked/a' }])
      await blobs.delete('marked')
      await client.send(new DeleteObjectCommand(marker))
      client.destroy()
    })

    test('reports wrong credentials and a missing bucket when it opens', async () => {
      const wrong = S3Blobs.open(bucket, '', { ...options, secretAccessKey: 'wrong' })
      await expect(wrong).rejects.toMatchObject({ code: 'TEMPORARILY_UNAVAILABLE' })
      const absent = S3Blobs.open(`absent-${randomUUID()}`, '', options)
      await expect(absent).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
    })
  })
}

describe('S3Blobs without a store', () => {
  const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' }

  test('reports an unreachable store as TEMPORARILY_UNAVAILABLE', async () => {
    const opening = S3Blobs.open('bucket', '', { endpoint: 'http://127.0.0.1:1', ...credentials })
    await expect(opening).rejects.toMatchObject({ code: 'TEMPORARILY_UNAVAILABLE', statusCode: 503 })
  })

  test('detects a store that ignores If-None-Match and rejects exclusive create', async () => {
    const careless = createServer((request, response) => {
      request.resume().on('end', () => response.writeHead(request.method === 'GET' ? 404 : 200).end())
    })
    await new Promise<void>((resolve) => careless.listen(0, '127.0.0.1', resolve))
    const endpoint = `http://127.0.0.1:${(careless.address() as AddressInfo).port}`
    const blobs = await S3Blobs.open('bucket', '', { endpoint, ...credentials })
    expect(blobs.exclusiveCreate).toBe(false)
    const create = blobs.put('key', Buffer.from('x'), { ifAbsent: true })
    await expect(create).rejects.toMatchObject({ code: 'NOT_IMPLEMENTED' })
    blobs.close()
    careless.close()
  })
})
