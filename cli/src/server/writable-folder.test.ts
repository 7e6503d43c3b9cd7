import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { newFolder } from '@cairn/platform/testing/folders'
import { expect, test } from 'vitest'
import { isWritableFolder } from './writable-folder.js'

const isRoot = process.getuid?.() === 0

test('accepts a data folder that the server would create', () => {
  expect(isWritableFolder(join(newFolder(), 'a', 'b'))).toBe(true)
})

test.skipIf(isRoot)('checks the data folder itself once it exists', () => {
  const parent = newFolder()
  const data = join(parent, 'data')
  mkdirSync(data)
  chmodSync(parent, 0o500)
  expect(isWritableFolder(data)).toBe(true)
  chmodSync(data, 0o500)
  expect(isWritableFolder(data)).toBe(false)
  chmodSync(parent, 0o700)
})
