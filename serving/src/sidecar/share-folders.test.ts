import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newFolder } from '@cairn/platform/testing/folders'
import { expect, test } from 'vitest'
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
