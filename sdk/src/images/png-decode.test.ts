import { execFile } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newFolder } from '../testing/folders.js'
import { encodePng } from './png.js'
import { decodePng } from './png-decode.js'
import { encodeWebp } from './webp.js'

const images = fc
  .record({ width: fc.integer({ min: 1, max: 20 }), height: fc.integer({ min: 1, max: 20 }) })
  .chain(({ width, height }) =>
    fc.constantFrom(1, 3, 4).chain((channels) => {
      const size = width * height * channels
      return fc.uint8Array({ minLength: size, maxLength: size }).map((data) => ({ width, height, data }))
    }),
  )

test('decodes what encodePng encodes', async () => {
  await fc.assert(
    fc.asyncProperty(images, async (image) => {
      expect(await decodePng(await encodePng(image))).toEqual(image)
    }),
  )
})

test('returns undefined for unsupported and corrupt images', async () => {
  const png = await encodePng({ width: 2, height: 2, data: new Uint8Array(4) })
  expect(await decodePng(new TextEncoder().encode('GIF89a'.repeat(20)))).toBeUndefined()
  expect(await decodePng(png.subarray(0, 50))).toBeUndefined()
  const deep = Uint8Array.from(png)
  deep[24] = 16
  expect(await decodePng(deep)).toBeUndefined()
})

const python = process.env.TEST_PYTHON

test.skipIf(!python)(
  'Pillow and this package read each other: PNG of every kind, and WebP',
  async () => {
    const folder = await newFolder()
    const script = async (text: string) => (await promisify(execFile)(python!, ['-c', text, folder])).stdout
    await script(`
import sys
from PIL import Image
base = Image.effect_mandelbrot((60, 40), (-2, -1.5, 1, 1.5), 50).convert("RGB")
base = Image.merge("RGB", (base.split()[0], base.rotate(90).split()[0], base.rotate(180).split()[0]))
alpha = base.copy(); alpha.putalpha(base.convert("L"))
for mode, image in dict(L=base.convert("L"), RGB=base, RGBA=alpha, LA=alpha.convert("LA"), P=base.quantize(200)).items():
    image.save(f"{sys.argv[1]}/{mode}.png")
    open(f"{sys.argv[1]}/{mode}.rgba", "wb").write(image.convert("RGBA").tobytes())`)
    const names = (await readdir(folder)).filter((name) => name.endsWith('.png'))
    expect(names).toHaveLength(5)
    for (const name of names) {
      const image = await decodePng(await readFile(join(folder, name)))
      await writeFile(join(folder, name.replace('png', 'webp')), encodeWebp(image!))
      await writeFile(join(folder, name.replace('.png', '.again.png')), await encodePng(image!))
    }
    const output = await script(`
import sys, pathlib
from PIL import Image
for rgba in sorted(pathlib.Path(sys.argv[1]).glob("*.rgba")):
    same = [Image.open(rgba.with_suffix(end)).convert("RGBA").tobytes() == rgba.read_bytes() for end in (".webp", ".again.png")]
    print(rgba.stem, *same)`)
    expect(output.trim().split('\n')).toEqual(
      ['L', 'LA', 'P', 'RGB', 'RGBA'].map((mode) => `${mode} True True`),
    )
  },
  300_000,
)
