import { openBlobs } from '@cairn/platform/blobs/open'
import { databases } from '@cairn/platform/testing/databases'
import { newFolder } from '@cairn/platform/testing/folders'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testUploads } from '../testing/open-uploads.js'
import type { OpenUploads } from './open-uploads.js'

const GIB = 2 ** 30
const DAY_MS = 86_400_000

describe.each(databases)('open uploads on %s', (_, database) => {
  let uploads: OpenUploads
  let close: () => Promise<void>
  let now = 10 * DAY_MS
  beforeAll(async () => {
    ;({ uploads, close } = await testUploads({ database, uploads: 3, now: () => now }))
  })
  afterAll(() => close())
  let number = 0
  const upload = (principal: string) => ({ principal, blobKey: 'tables/a/b', uploadId: `u${++number}` })
  const begun = async (principal: string) => {
    const one = upload(principal)
    await uploads.add(one)
    return one
  }

  test('are limited in number for each principal, also in concurrent requests', async () => {
    const ended = await begun('ada')
    const results = await Promise.allSettled(Array.from({ length: 6 }, () => uploads.add(upload('ada'))))
    const refused = results.filter((result) => result.status === 'rejected')
    expect(refused.map(({ reason }) => [reason.code, reason.statusCode])).toEqual(
      Array(4).fill(['SlowDown', 503]),
    )
    await begun('bob')
    await uploads.remove(ended)
    await begun('ada')
    await expect(uploads.add(upload('ada'))).rejects.toThrow('At most 3 multipart uploads')
  })

  test('are limited in bytes together, without those of parts that failed', async () => {
    const [first, second] = [await begun('cem'), await begun('cem')]
    await uploads.reserve(first, GIB - 10)
    await expect(uploads.reserve(second, 11)).rejects.toMatchObject({ code: 'EntityTooLarge' })
    await uploads.reserve(second, 10)
    await expect(uploads.reserve(first, 1)).rejects.toThrow('1 GiB together')
    await uploads.release(second, 10)
    await uploads.reserve(first, 10)
    await uploads.reserve(await begun('dan'), GIB)
  })

  test('take no parts from another principal, for another object or after a day', async () => {
    const mine = await begun('eve')
    for (const other of [
      { ...mine, principal: 'fay' },
      { ...mine, blobKey: 'tables/a/c' },
      { ...mine, uploadId: 'none' },
    ])
      await expect(uploads.reserve(other, 1)).rejects.toMatchObject({ code: 'NoSuchUpload' })
    now += DAY_MS
    await expect(uploads.reserve(mine, 1)).rejects.toMatchObject({ code: 'NoSuchUpload' })
  })

  test('are aborted in the store and forgotten after a day', async () => {
    const blobs = await openBlobs(newFolder())
    const { principal, blobKey } = upload('gil')
    const uploadId = await blobs.multipart!.create(blobKey)
    await uploads.add({ principal, blobKey, uploadId })
    const { purge } = uploads.retention(blobs)
    await purge(now - DAY_MS, 500)
    await blobs.multipart!.requireUpload!(blobKey, uploadId)
    await purge(now + 1, 500)
    await expect(blobs.multipart!.requireUpload!(blobKey, uploadId)).rejects.toThrow('No multipart upload')
    for (let i = 0; i < 3; i++) await begun('gil')
  })
})
