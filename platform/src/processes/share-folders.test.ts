import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { newFolder } from '../testing/folders.js'
import { openPassage, shareFolder } from './share-folders.js'
import { unprivilegedUser } from './unprivileged-user.js'

const modeOf = (path: string) => statSync(path).mode & 0o777

test.skipIf(process.getuid?.() !== 0)(
  'lets another user read a model, and nothing else of a data folder',
  async () => {
    const user = unprivilegedUser('nobody')!
    const data = newFolder()
    chmodSync(data, 0o700)
    const cache = join(data, 'cache', 'models')
    const model = join(cache, 'a', 'code')
    mkdirSync(model, { recursive: true, mode: 0o700 })
    for (const path of [join(model, 'x.py'), join(data, 'cairn.db')])
      writeFileSync(path, 'content', { mode: 0o600 })
    symlinkSync(join(data, 'cairn.db'), join(model, 'link'))
    await openPassage(data, cache, user)
    await shareFolder(join(cache, 'a'), user)
    const read = (path: string) => spawnSync('cat', [path], { ...user, cwd: '/', encoding: 'utf8' }).stdout
    expect(read(join(model, 'x.py'))).toBe('content')
    expect(spawnSync('touch', [join(model, 'x.py')], { ...user, cwd: '/' }).status).not.toBe(0)
    for (const hidden of [join(data, 'cairn.db'), join(model, 'link')]) expect(read(hidden)).toBe('')
    expect(spawnSync('ls', [data], { ...user, cwd: '/' }).status).not.toBe(0)
    expect([modeOf(data), modeOf(cache), modeOf(join(data, 'cairn.db'))]).toEqual([0o710, 0o710, 0o600])
  },
)

test.skipIf(process.getuid?.() !== 0)(
  'closes what an earlier release left open in a data folder before another user may pass',
  async () => {
    const user = unprivilegedUser('nobody')!
    const data = newFolder()
    mkdirSync(join(data, 'artifacts'), { mode: 0o755 })
    mkdirSync(join(data, 'cache', 'results'), { recursive: true, mode: 0o755 })
    const hidden = ['cairn.db', 'artifacts/a', 'cache/results/a'].map((name) => join(data, name))
    for (const path of hidden) writeFileSync(path, 'secret', { mode: 0o644 })
    chmodSync(data, 0o700)
    await openPassage(data, join(data, 'cache', 'models'), user)
    const read = (path: string) => spawnSync('cat', [path], { ...user, cwd: '/', encoding: 'utf8' })
    for (const path of hidden) expect([path, read(path).stdout]).toEqual([path, ''])
    expect(spawnSync('test', ['-x', join(data, 'cache/models')], { ...user, cwd: '/' }).status).toBe(0)
  },
)

test.skipIf(process.getuid?.() !== 0)('leaves a data folder that users share passable', async () => {
  const shared = newFolder()
  chmodSync(shared, 0o1777)
  await openPassage(shared, join(shared, 'cache'), unprivilegedUser('nobody')!)
  expect([modeOf(shared), modeOf(join(shared, 'cache'))]).toEqual([0o777, 0o710])
})
