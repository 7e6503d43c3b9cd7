import { readdirSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { newFolder } from '../testing/folders.js'
import { DiskBlobs } from './disk.js'

test('a part that is sent again replaces the file of the earlier one', async () => {
  const folder = newFolder()
  const { multipart } = await DiskBlobs.open(folder)
  const upload = await multipart.create('a')
  const path = join(folder, '.incoming', `multipart~${upload}`)
  const earlier = await multipart.putPart(upload, 1, Buffer.from('earlier'))
  await multipart.putPart(upload, 11, Buffer.from('another'))
  utimesSync(join(path, `1~${earlier}`), 1, Date.now() / 1000 - 5)
  const etag = await multipart.putPart(upload, 1, Buffer.from('later'))
  expect(readdirSync(path).filter((name) => name.startsWith('1~'))).toEqual([`1~${etag}`])
  expect(readdirSync(path)).toHaveLength(3)
})

test('concurrent parts of one number are all kept', async () => {
  const { multipart } = await DiskBlobs.open(newFolder())
  const upload = await multipart.create('a')
  let resume = () => {}
  const paused = new Promise<void>((resolve) => {
    resume = resolve
  })
  async function* slow() {
    yield Buffer.from('slow')
    await paused
  }
  const first = multipart.putPart(upload, 1, slow())
  const etag = await multipart.putPart(upload, 1, Buffer.from('retry'))
  resume()
  await first
  expect(await multipart.complete('a', upload, [{ number: 1, etag }])).toMatchObject({ size: 5 })
})
