import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { newProcessId } from '@cairn/platform/processes/process-id'
import { expect, onTestFinished, test } from 'vitest'
import { createHome, removeHome, removeLeftHomes } from './home-folders.js'

/** Creates a home of a process that has ended, by default of this machine. */
function aLeftHome(suffix: string, namespace = newProcessId().split('-')[0]): string {
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  const home = join(tmpdir(), ['cairn-python', namespace, pid, '1', suffix].join('-'))
  mkdirSync(join(home, 'work'), { recursive: true })
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  return home
}

async function aHome(): Promise<string> {
  const home = await createHome()
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  return home
}

test('deletes the homes of servers that have ended, and no other folder', async () => {
  const [left, elsewhere, own] = [aLeftHome('x'), aLeftHome('x', 'othermachine'), await aHome()]
  await removeLeftHomes()
  expect([left, elsewhere, own].map((folder) => existsSync(folder))).toEqual([false, true, true])
})

test('a home leaves room for the address of a socket, which has at most 107 characters', async () => {
  const address = join('/var/lib/cairn/tmp', basename(await aHome()), 'pymp-12345678/listener-12345678')
  expect(address.length).toBeLessThanOrEqual(107)
})

test('keeps a home that cannot be deleted, and deletes the others', async ({ skip }) => {
  const homes = ['a', 'b', 'c'].map((suffix) => aLeftHome(suffix))
  const [busy] = homes as [string]
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', join(busy, 'work')], { stdio: 'ignore' })
  } catch {
    skip('a busy folder needs a mount (root)')
  }
  onTestFinished(() => void execFileSync('umount', [join(busy, 'work')]))
  await removeHome(busy)
  await removeLeftHomes()
  expect(homes.map((folder) => existsSync(folder))).toEqual([true, false, false])
})
