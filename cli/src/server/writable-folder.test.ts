import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { newFolder } from '@cairn/platform/testing/folders'
import { expect, test } from 'vitest'
import { checkFolder } from './doctor.js'

const isRoot = process.getuid?.() === 0

test('accepts a data folder that the server would create', () => {
  expect(checkFolder({ data: join(newFolder(), 'a', 'b') })).toMatchObject({ ok: true })
})

test.skipIf(isRoot)('asks for the data folder itself once it exists', () => {
  const parent = newFolder()
  const data = join(parent, 'data')
  mkdirSync(data)
  chmodSync(parent, 0o500)
  expect(checkFolder({ data })).toMatchObject({ ok: true })
  chmodSync(data, 0o500)
  expect(checkFolder({ data })).toMatchObject({ ok: false, detail: expect.stringContaining(data) })
  chmodSync(parent, 0o700)
})
