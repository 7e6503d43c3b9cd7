import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newProcessId } from '@cairn/platform/processes/process-id'
import { expect, onTestFinished, test } from 'vitest'
import { createHome, removeLeftHomes } from './home-folders.js'

test('deletes the homes of servers that have ended, and no other folder', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  const [namespace, , ...rest] = newProcessId().split('-')
  const left = join(tmpdir(), ['cairn-python', namespace, pid, ...rest, 'x'].join('-'))
  const elsewhere = join(tmpdir(), ['cairn-python', 'othermachine', pid, ...rest, 'x'].join('-'))
  const own = await createHome()
  onTestFinished(() => {
    for (const folder of [left, elsewhere, own]) rmSync(folder, { recursive: true, force: true })
  })
  for (const folder of [left, elsewhere]) mkdirSync(join(folder, 'work'), { recursive: true })
  await removeLeftHomes()
  expect([left, elsewhere, own].map((folder) => existsSync(folder))).toEqual([false, true, true])
})
