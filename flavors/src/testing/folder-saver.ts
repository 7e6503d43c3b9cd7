import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import type { ModelFiles } from '../mlmodel/model-folder.js'
import { writeFolder } from './write-folder.js'

/** @returns a function that saves files in a new folder, which is deleted after the tests of the file */
export function folderSaver(): (files: ModelFiles) => Promise<string> {
  let root: string
  let folders = 0
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'cairn-model-'))
  })
  afterAll(() => rm(root, { recursive: true }))
  return async (files) => {
    const folder = join(root, String(folders++))
    await writeFolder(folder, files)
    return folder
  }
}
