import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SLOWEST } from './slowest-first.js'
import { root } from './workspaces.mjs'

test('names files that exist', () => {
  expect(SLOWEST.filter((path) => !existsSync(join(root, path)))).toEqual([])
})
