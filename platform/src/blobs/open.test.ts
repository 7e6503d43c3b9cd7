import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { DiskBlobs } from './disk.js'
import { localStore, openBlobs, storeUri } from './open.js'

test('opens the same folder by path and by file URI', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-open-'))
  const byPath = await openBlobs(join(folder, 'a b'))
  const byUri = await openBlobs(pathToFileURL(join(folder, 'a b')).href)
  await byPath.put('x', Buffer.from('1'))
  expect(byUri).toBeInstanceOf(DiskBlobs)
  expect(await byUri.head('x')).toMatchObject({ size: 1 })
  rmSync(folder, { recursive: true })
})

test.each(['gs://bucket/x', 'https://host/x', 's3://', 's3:///x', 's3://b', 'file://host/x', ''])(
  'refuses %j in one sentence',
  async (uri) => {
    await expect(openBlobs(uri)).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringContaining('Invalid storage URI'),
    })
  },
)

test.each([
  ['', '/data/artifacts'],
  ['/srv/a b', '/srv/a b'],
  ['file:///srv/a%20b', '/srv/a b'],
  ['store', join(process.cwd(), 'store')],
  ['./store', join(process.cwd(), 'store')],
  ['s3://bucket/prefix', undefined],
])('the configured store %j is in the folder %j', (artifacts_destination, folder) =>
  expect(localStore(storeUri({ artifacts_destination, data: '/data' }))).toBe(folder),
)
