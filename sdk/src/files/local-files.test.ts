import { appendFile, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { readText } from '../models/model-files.js'
import { newFolder } from '../testing/folders.js'
import { fileContent, readFolder } from './local-files.js'

let folder: string
beforeEach(async () => {
  folder = await newFolder()
})

test('reads a folder recursively without links, for any spelling of its path', async () => {
  await mkdir(join(folder, 'a/b'), { recursive: true })
  await writeFile(join(folder, 'MLmodel'), 'flavors: {}\n')
  await writeFile(join(folder, 'a/b/data.bin'), 'four')
  await symlink('/etc/hostname', join(folder, 'link'))
  const here = relative(process.cwd(), folder)
  for (const spelled of [folder, `${folder}//`, `${folder}/a/..`, here, `./${here}`, `./${here}/./`]) {
    const files = await readFolder(spelled)
    expect(Object.keys(files).sort(), spelled).toEqual(['MLmodel', 'a/b/data.bin'])
    expect(files['a/b/data.bin']).toMatchObject({ size: 4 })
  }
})

test('reads a growing file up to its original size', async () => {
  const path = join(folder, 'train.log')
  await writeFile(path, 'one\n')
  const content = await fileContent(path)
  await appendFile(path, 'two\n')
  expect(content).toMatchObject({ size: 4 })
  expect(await readText(content)).toBe('one\n')
})

test('reads an empty file and rejects a folder', async () => {
  const path = join(folder, 'empty')
  await writeFile(path, '')
  expect(await readText(await fileContent(path))).toBe('')
  await expect(fileContent(folder)).rejects.toThrow('use logArtifacts')
})
