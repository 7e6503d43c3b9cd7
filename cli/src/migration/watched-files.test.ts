import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { WatchedFiles } from './watched-files.js'

const filesOf = (open: () => Readable) =>
  new WatchedFiles({
    async *list() {},
    open: async () => open(),
  })

test('keeps the error of a file that breaks off', async () => {
  const files = filesOf(() =>
    Readable.from(
      (async function* () {
        yield 'half'
        throw new Error('The disk is broken.')
      })(),
    ),
  )
  const reading = (async () => {
    for await (const _ of await files.open('a'));
  })()
  await expect(reading).rejects.toThrow('The disk is broken.')
  expect(files.failure).toMatchObject({ message: 'The disk is broken.' })
})

test('keeps nothing when the reader stops early, as after an error of the target', async () => {
  const files = filesOf(() => createReadStream(fileURLToPath(import.meta.url), { highWaterMark: 16 }))
  const file = await files.open('a')
  const closed = once(file, 'close').catch(() => undefined)
  for await (const _ of file) break
  await closed
  expect(file.destroyed).toBe(true)
  expect(files.failure).toBeUndefined()
})
