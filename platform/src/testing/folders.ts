import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

const folders: string[] = []
// Of the file that imports this one.
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** An empty folder, which is gone when the tests of the file have run. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-'))
  folders.push(folder)
  return folder
}
