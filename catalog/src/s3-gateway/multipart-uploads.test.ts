import { randomUUID } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import type { Blobs } from '@cairn/platform/blobs/blobs'
import { openBlobs } from '@cairn/platform/blobs/open'
import { newFolder } from '@cairn/platform/testing/folders'
import { testS3 } from '@cairn/platform/testing/s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testUploads } from '../testing/open-uploads.js'
import { S3Error } from './errors.js'
import { abortUpload, beginUpload, completeUpload, putPart, type UploadStores } from './multipart-uploads.js'

const PART_BYTES = 5 * 1024 * 1024 // the minimum of S3, except for the last part
const object = { bucket: 'lake', key: 'w/tables/a/<1>', blobKey: 'tables/a/<1>', principal: 'ada' }

async function* inChunks(bytes: Buffer) {
  for (let at = 0; at < bytes.length; at += 300_000) yield bytes.subarray(at, at + 300_000)
}
let database: Awaited<ReturnType<typeof testUploads>>
beforeAll(async () => {
  database = await testUploads()
})
afterAll(() => database.close())
const withUploads = (blobs: Blobs): UploadStores => ({ blobs, uploads: database.uploads })
const begin = async (stores: UploadStores) =>
  /<UploadId>(.+)<\/UploadId>/.exec(await beginUpload(stores, object))![1]!.replaceAll('&#38;', '&')

const stores: [string, () => Promise<Blobs>][] = [['on disk', () => openBlobs(newFolder())]]
if (testS3) {
  const { bucket, options } = testS3
  stores.push([
    'in S3 (TEST_S3_ENDPOINT)',
    () => openBlobs(`s3://${bucket}/gateway-${randomUUID()}`, options),
  ])
}

describe.each(stores)('multipart uploads of a store %s', (_, open) => {
  test('stream parts in any order', async () => {
    const blobs = await open()
    const stores = withUploads(blobs)
    const uploadId = await begin(stores)
    const parts = [Buffer.alloc(PART_BYTES, 1), Buffer.alloc(1_000, 2)]
    const etags = await Promise.all(
      parts.map((body, i) =>
        putPart(stores, object, { uploadId, number: i + 1, body: inChunks(body), bytes: body.length }),
      ),
    )
    const listed = etags.map(
      (etag, i) =>
        `<Part><PartNumber>${i + 1}</PartNumber><ETag>${etag.replaceAll('"', '&quot;')}</ETag></Part>`,
    )
    const list = Buffer.from(`<CompleteMultipartUpload>${listed.join('\n')}</CompleteMultipartUpload>`)
    const answer = await completeUpload(stores, object, { uploadId, list: inChunks(list), ifAbsent: false })
    expect(answer).toContain('<Key>w/tables/a/&#60;1&#62;</Key>')
    expect(Buffer.concat(parts).equals(await buffer(await blobs.get(object.blobKey)))).toBe(true)
    await blobs.delete(object.blobKey)
  })

  test('are refused with unknown ids, numbers and lists', async () => {
    const blobs = await open()
    const stores = withUploads(blobs)
    const uploadId = await begin(stores)
    const part = (id: string, number: number) =>
      putPart(stores, object, { uploadId: id, number, body: inChunks(Buffer.from('x')), bytes: 1 })
    for (const number of [0, 10_001, 1.5, Number.NaN])
      await expect(part(uploadId, number)).rejects.toMatchObject({ code: 'InvalidArgument', statusCode: 400 })
    const unsized = putPart(stores, object, {
      ...{ uploadId, number: 1, body: inChunks(Buffer.from('x')), bytes: Number.NaN },
    })
    await expect(unsized).rejects.toMatchObject({ code: 'MissingContentLength', statusCode: 411 })
    async function* corrupt() {
      yield Buffer.from('x')
      throw new S3Error('XAmzContentSHA256Mismatch', 400)
    }
    for (const bytes of [1, 2])
      await expect(
        putPart(stores, object, { uploadId, number: 1, body: corrupt(), bytes }),
      ).rejects.toMatchObject({ code: 'XAmzContentSHA256Mismatch' })
    const unknown = { statusCode: 404 }
    await expect(part('unknown', 1)).rejects.toMatchObject(unknown)
    const bad = ['', '<Part></Part>', '<Part><PartNumber>x</PartNumber><ETag>"a"</ETag></Part>', '{}']
    const many = '<Part><PartNumber>1</PartNumber><ETag>a</ETag></Part>'.repeat(10_001)
    for (const text of [...bad, many])
      await expect(
        completeUpload(stores, object, { uploadId, list: inChunks(Buffer.from(text)), ifAbsent: false }),
      ).rejects.toMatchObject({ code: 'MalformedXML' })
    await abortUpload(stores, object, uploadId)
  })

  test('replace no object that must be absent', async () => {
    const blobs = await open()
    const stores = withUploads(blobs)
    const finish = async (content: string, ifAbsent: boolean) => {
      const uploadId = await begin(stores)
      const body = Buffer.from(content)
      const tag = await putPart(stores, object, {
        uploadId,
        number: 1,
        body: inChunks(body),
        bytes: body.length,
      })
      const list = inChunks(Buffer.from(`<Part><PartNumber>1</PartNumber><ETag>${tag}</ETag></Part>`))
      return completeUpload(stores, object, { uploadId, list, ifAbsent })
    }
    await finish('first', true)
    await expect(finish('second', true)).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
    expect(String(await buffer(await blobs.get(object.blobKey)))).toBe('first')
    await finish('third', false)
    expect(String(await buffer(await blobs.get(object.blobKey)))).toBe('third')
    await blobs.delete(object.blobKey)
  })

  test('refuse a list of open tags in linear time', async () => {
    const blobs = await open()
    const stores = withUploads(blobs)
    const uploadId = await begin(stores)
    const list = Buffer.from('<Part>'.repeat(340_000))
    const start = performance.now()
    await expect(
      completeUpload(stores, object, { uploadId, list: inChunks(list), ifAbsent: false }),
    ).rejects.toMatchObject({
      code: 'MalformedXML',
    })
    expect(performance.now() - start).toBeLessThan(20_000) // comparing each tag with all others takes minutes
    await abortUpload(stores, object, uploadId)
  })
})

test('a list for an upload that does not exist is not read', async () => {
  const stores = withUploads(await openBlobs(newFolder()))
  const uploadId = await begin(stores)
  await abortUpload(stores, object, uploadId)
  let isRead = false
  async function* list() {
    isRead = true
    yield Buffer.from('<Part>')
  }
  await expect(
    completeUpload(stores, object, { uploadId, list: list(), ifAbsent: false }),
  ).rejects.toMatchObject({ statusCode: 404 })
  expect(isRead).toBe(false)
})
