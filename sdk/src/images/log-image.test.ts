import { inflateSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { imageFiles, shrinkToThumbnail } from './log-image.js'

const noise = (width: number, height: number, channels: number) => ({
  width,
  height,
  data: Uint8Array.from({ length: width * height * channels }, (_, i) => (i * 37 + (i >> 3) * 11) % 256),
})

test('names the image of a series like MLflow, with a thumbnail beside it', async () => {
  const files = await imageFiles(noise(4, 3, 4), { key: 'val/dogs 1', step: 7, timestamp: 42 })
  const [png, webp] = Object.keys(files)
  expect(png).toMatch(/^images\/val~dogs 1\+step\+7\+timestamp\+42\+[0-9a-f-]{36}\.png$/)
  expect(webp).toBe(png!.replace(/\.png$/, '+compressed.webp'))
})

test('creates a thumbnail for an encoded image', async () => {
  const png = (await imageFiles(noise(5, 4, 3), 'a.png'))['a.png'] as Uint8Array
  const names = Object.keys(await imageFiles(png, { key: 'k' }))
  expect(names.map((name) => name.slice(-4))).toEqual(['.png', 'webp'])
  expect(Object.keys(await imageFiles(new Uint8Array(60), { key: 'k' }))).toHaveLength(1)
})

test('stores an image at a path as one file', async () => {
  expect(Object.keys(await imageFiles(noise(2, 2, 3), 'plots/a.png'))).toEqual(['plots/a.png'])
})

test.each([1, 3, 4])('encodes pixels of %i bytes losslessly', async (channels) => {
  const image = noise(5, 4, channels)
  const png = Buffer.from((await imageFiles(image, 'a.png'))['a.png'] as Uint8Array)
  const start = png.indexOf('IDAT') + 4
  const rows = inflateSync(png.subarray(start, start + png.readUInt32BE(start - 8)))
  const stride = 5 * channels
  const back = new Uint8Array(image.data.length)
  for (let i = 0; i < back.length; i++) {
    const y = Math.floor(i / stride)
    back[i] = rows[y * (stride + 1) + 1 + (i % stride)]! + (y > 0 ? back[i - stride]! : 0)
  }
  expect(back).toEqual(image.data)
})

test.each(['a:b', 'ü', ''])('rejects the key %j', async (key) => {
  await expect(imageFiles(noise(1, 1, 1), { key })).rejects.toThrow(TypeError)
})

test('rejects data that does not match the size', async () => {
  const image = { width: 2, height: 2, data: new Uint8Array(7) }
  await expect(imageFiles(image, 'a.png')).rejects.toThrow('7 bytes')
})

test('averages a large image down to 256 pixels on its longer side', () => {
  const data = new Uint8Array(1024 * 512).map((_, i) => (i % 1024 < 512 ? 10 : 30))
  const small = shrinkToThumbnail({ width: 1024, height: 512, data })
  expect([small.width, small.height, small.data.length]).toEqual([256, 128, 256 * 128])
  expect([small.data[0], small.data[255]]).toEqual([10, 30])
})
