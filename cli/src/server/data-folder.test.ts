import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openDataFolder } from './data-folder.js'

test('creates the data folder, and rejects a file and a folder below a file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-data-'))
  try {
    await openDataFolder(join(folder, 'a/b'))
    expect(statSync(join(folder, 'a/b')).mode & 0o777).toBe(0o700)
    const file = join(folder, 'file')
    writeFileSync(file, '')
    for (const path of [file, join(file, 'data')])
      await expect(openDataFolder(path)).rejects.toThrow(
        `The data folder ${path} is a file or below one: pass another with --data.`,
      )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
