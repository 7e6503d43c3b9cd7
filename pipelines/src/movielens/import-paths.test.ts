import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import { DiskBlobs } from '@cairn/platform/blobs/disk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TINY_EDITIONS } from '../testing/movielens.js'
import { importMovieLens } from './import.js'
import { ImportPaths, importPaths } from './import-paths.js'

let root: string
let allowed: string
beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'cairn-import-paths-')))
  allowed = join(root, 'imports')
  for (const folder of ['imports/ml', 'imports-2', 'secret/ml'])
    mkdirSync(join(root, folder), { recursive: true })
  for (const folder of ['imports/ml', 'secret/ml'])
    for (const [name, text] of Object.entries(TINY_EDITIONS['ml-latest'] ?? {}))
      writeFileSync(join(root, folder, name), text)
  symlinkSync(join(root, 'secret/ml'), join(allowed, 'link'))
  mkdirSync(join(allowed, 'files'))
  for (const name of Object.keys(TINY_EDITIONS['ml-latest'] ?? {}))
    symlinkSync(join(root, 'secret/ml', name), join(allowed, 'files', name))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => expect.unreachable('the path was accepted'),
    ({ code, message }) => ({ code, message }),
  )

describe('paths of the server that jobs name', () => {
  test('are absolute, or below an import folder', async () => {
    const paths = new ImportPaths([join(root, 'nosuch'), allowed])
    for (const path of ['ml', join(allowed, 'ml'), `${allowed}//x/../ml/`, './ml'])
      expect(await paths.resolve(path, 'source')).toBe(join(allowed, 'ml'))
  })

  test('are rejected with the same message outside the import folders, through links, and if they do not exist', async () => {
    const paths = new ImportPaths([allowed])
    const outside = await refusal(paths.resolve('/etc/passwd', 'source'))
    expect(outside.code).toBe('PERMISSION_DENIED')
    for (const path of [
      '/etc',
      '/nosuch/file',
      '../secret/ml',
      `${allowed}-2`,
      'link',
      'link/ratings.csv',
      'nosuch',
      '\0',
    ])
      expect(await refusal(paths.resolve(path, 'source')), path).toEqual(outside)
  })

  test('are rejected as files that a folder links to', async () => {
    const blobs = await DiskBlobs.open(join(root, 'store'))
    const paths = new ImportPaths([allowed])
    const importOf = (source: string) =>
      importMovieLens({ source, paths, blobs, location: 'x', verify: false })
    expect(await refusal(importOf(join(allowed, 'files')))).toMatchObject({ code: 'PERMISSION_DENIED' })
    expect((await importOf('ml')).tables.length).toBeGreaterThan(1)
  })

  test('are unlimited for jobs of the owner of a server without sign-in only', async () => {
    const settings = { auth: 'local' as const, data: root, import_paths: '' }
    const taskOf = (writer: string | null, id: string) => ({ writer, principal: { id } })
    const owners = taskOf(LOCAL_OWNER.id, LOCAL_OWNER.id)
    expect(await importPaths(settings, owners, []).resolve('/etc/passwd', 'source')).toBe('/etc/passwd')
    const others = [
      importPaths(settings, taskOf('ada', 'ada'), []),
      importPaths(settings, taskOf('ada', LOCAL_OWNER.id), []),
      importPaths(settings, taskOf(LOCAL_OWNER.id, 'ada'), []),
      importPaths(settings, taskOf(null, LOCAL_OWNER.id), []),
      importPaths({ ...settings, auth: 'required' }, owners, []),
      importPaths(
        { ...settings, import_paths: ` ${join(root, 'imports-2')}, ${allowed}` },
        taskOf('ada', 'ada'),
        [],
      ),
    ]
    for (const paths of others) {
      expect(await refusal(paths.resolve('/etc/passwd', 'source'))).toMatchObject({
        code: 'PERMISSION_DENIED',
      })
      expect(await paths.resolve('ml', 'source')).toBe(join(allowed, 'ml'))
    }
  })
})
