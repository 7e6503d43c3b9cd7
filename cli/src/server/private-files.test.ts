import { chmodSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newFolder } from '@cairn/platform/testing/folders'
import { expect, test } from 'vitest'
import { makePrivate } from './private-files.js'

const modeOf = (path: string) => statSync(path).mode & 0o777

test('takes the rights of others from an existing data folder, once', async () => {
  const data = newFolder()
  const outside = join(newFolder(), 'public')
  writeFileSync(outside, '', { mode: 0o644 })
  mkdirSync(join(data, 'artifacts/tables'), { recursive: true, mode: 0o755 })
  for (const name of ['cairn.db', 'cairn.db-wal', 'notes.txt', 'artifacts/tables/a'])
    writeFileSync(join(data, name), '', { mode: 0o644 })
  symlinkSync(outside, join(data, 'link'))
  chmodSync(data, 0o755)
  expect(await makePrivate(data)).toBe('made private')
  expect(['.', 'artifacts'].map((name) => modeOf(join(data, name)))).toEqual([0o700, 0o700])
  expect(['cairn.db', 'cairn.db-wal'].map((name) => modeOf(join(data, name)))).toEqual([0o600, 0o600])
  expect([modeOf(outside), modeOf(join(data, 'notes.txt'))]).toEqual([0o644, 0o644])
  expect(await makePrivate(data)).toBe('private')
  chmodSync(data, 0o710)
  expect([await makePrivate(data), modeOf(data)]).toEqual(['private', 0o710])
})

test.each([0o700, 0o710])('closes what servers created in a folder of mode %o', async (mode) => {
  const data = newFolder()
  mkdirSync(join(data, 'artifacts'), { mode: 0o755 })
  mkdirSync(join(data, 'cache'))
  chmodSync(join(data, 'cache'), 0o710) // a passage to Python models
  writeFileSync(join(data, 'cairn.db'), '', { mode: 0o644 })
  chmodSync(data, mode)
  expect(await makePrivate(data)).toBe('private')
  expect(['.', 'artifacts', 'cache', 'cairn.db'].map((name) => modeOf(join(data, name)))).toEqual([
    ...[mode, 0o700, 0o710, 0o600],
  ])
})

test('leaves a folder alone that users share', async () => {
  const shared = newFolder()
  chmodSync(shared, 0o1777)
  expect([await makePrivate(shared), modeOf(shared)]).toEqual(['open', 0o777])
})
