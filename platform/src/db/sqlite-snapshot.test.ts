import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openDb } from './open.js'
import { copySqlite, integrityErrors } from './sqlite-snapshot.js'

test('copies a database, and names the copy that cannot be written', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-snapshot-'))
  try {
    const file = join(folder, 'one.db')
    const db = openDb<unknown>(`sqlite:${file}`)
    await db.engine.script('create table notes (id text)')
    await db.close()
    copySqlite(file, join(folder, 'copy.db'))
    expect(integrityErrors(join(folder, 'copy.db'))).toEqual([])
    const target = join(folder, 'missing', 'copy.db')
    expect(() => copySqlite(file, target)).toThrow(
      `${target} cannot be written: make its folder writable, or choose another.`,
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
