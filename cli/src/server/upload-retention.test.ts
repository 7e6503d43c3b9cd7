import { readdirSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { DiskBlobs } from '@cairn/platform/blobs/disk'
import { Retention } from '@cairn/platform/db/retention'
import { newFolder } from '@cairn/platform/testing/folders'
import { expect, test } from 'vitest'
import { uploadRetention } from './upload-retention.js'

test('a running server deletes uploads that nobody touched for a day', async () => {
  const folder = newFolder()
  const blobs = await DiskBlobs.open(folder)
  const uploads = await Promise.all(['a', 'b'].map((key) => blobs.multipart.create(key)))
  await blobs.multipart.putPart(uploads[0]!, 1, Buffer.from('left'))
  utimesSync(join(folder, '.incoming', `multipart~${uploads[0]}`), 1, Date.now() / 1000 - 90_000)
  const retention = new Retention({
    onError: (error) => {
      throw error
    },
  })
  retention.add(uploadRetention(blobs))
  await retention.purge()
  expect(readdirSync(join(folder, '.incoming'))).toEqual([`multipart~${uploads[1]}`])
})
