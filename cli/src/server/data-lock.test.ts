import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadConfig } from '@cairn/platform/config'
import { expect, onTestFinished, test } from 'vitest'
import { lockDataFolder } from './data-lock.js'

const HOLDER = fileURLToPath(new URL('../testing/hold-data-lock.ts', import.meta.url))

async function folder() {
  const path = await mkdtemp(join(tmpdir(), 'cairn-lock-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

const config = (data: string, database_url?: string) =>
  loadConfig({}, { data, ...(database_url && { database_url }) })

test('one process locks a data folder until it releases it', async () => {
  const data = await folder()
  const lock = await lockDataFolder(config(data))
  await expect(lockDataFolder(config(data))).rejects.toThrow(
    `Another server (process ${process.pid}) uses the data folder ${data}: stop it, or pass another`,
  )
  lock.release()
  const again = await lockDataFolder(config(data))
  again.release()
})

test('a process that was killed does not block the next one', async () => {
  const data = await folder()
  const child = fork(HOLDER, [data], {
    execArgv: ['--conditions=source', '--import', import.meta.resolve('tsx')],
  })
  await once(child, 'message')
  await expect(lockDataFolder(config(data))).rejects.toThrow(`(process ${child.pid})`)
  child.kill('SIGKILL')
  await once(child, 'exit')
  const lock = await lockDataFolder(config(data))
  lock.release()
})

test('servers on one PostgreSQL may share a folder', async () => {
  const shared = config(await folder(), 'postgres://app@db/cairn')
  const locks = [await lockDataFolder(shared), await lockDataFolder(shared)]
  for (const lock of locks) lock.release()
})
