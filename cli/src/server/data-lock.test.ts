import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '@cairn/platform/config'
import { expect, onTestFinished, test } from 'vitest'
import { lockDataFolder } from './data-lock.js'

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
  const script = join(data, 'hold.mjs')
  const sqlite = import.meta.resolve('better-sqlite3')
  await writeFile(
    script,
    `import Database from ${JSON.stringify(sqlite)}
    const file = new Database(${JSON.stringify(join(data, 'server.lock'))})
    file.exec('create table holder (pid integer)')
    file.prepare('insert into holder values (?)').run(process.pid)
    file.exec('begin immediate')
    process.send('held')
    setInterval(() => undefined, 1000)`,
  )
  const child = fork(script, { execArgv: [] })
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
