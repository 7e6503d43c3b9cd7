import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { newFolder } from '../testing/folders.js'
import { readGit } from './git.js'

test('reads commit, branch and dirty state of a repository', async () => {
  const folder = await newFolder()
  const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).trim()
  git('init', '-q', '-b', 'trunk')
  await writeFile(join(folder, 'a'), '1')
  git('add', 'a')
  git('-c', 'user.name=t', '-c', 'user.email=t@t', 'commit', '-qm', 'one')
  const commit = git('rev-parse', 'HEAD')
  expect(await readGit(folder)).toEqual({ commit, branch: 'trunk', dirty: false })
  await writeFile(join(folder, 'a'), '2')
  git('checkout', '-q', '--detach')
  expect(await readGit(folder)).toEqual({ commit, dirty: true })
})

test('returns undefined for a folder without a repository', async () => {
  expect(await readGit(await newFolder())).toBeUndefined()
})
