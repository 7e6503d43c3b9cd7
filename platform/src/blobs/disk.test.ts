import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { blobsContract } from '../testing/blobs.js'
import { DiskBlobs } from './disk.js'

const folders: string[] = []
const aFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-blobs-'))
  folders.push(folder)
  return folder
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

blobsContract('DiskBlobs', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-blobs-'))
  return {
    blobs: await DiskBlobs.open(folder),
    unfinished: async () => readdirSync(join(folder, '.incoming')).length,
    close: async () => rmSync(folder, { recursive: true, force: true }),
  }
})

describe('DiskBlobs', () => {
  test('returns the file’s URL as uri and its path as localPath', async () => {
    const blobs = await DiskBlobs.open(aFolder())
    await blobs.put('a folder/100%.txt', Buffer.from('x'))
    expect(blobs.uri('a folder/100%.txt')).toMatch(/^file:\/\/\/.*\/a%20folder\/100%25\.txt$/)
    expect(fileURLToPath(blobs.uri('a folder/100%.txt'))).toBe(blobs.localPath('a folder/100%.txt'))
  })

  test('does not read, write through, list or follow a link that leads out of the root', async () => {
    const outside = aFolder()
    writeFileSync(join(outside, 'secret'), 'secret')
    const blobs = await DiskBlobs.open(aFolder())
    symlinkSync(outside, join(blobs.root, 'door'))
    symlinkSync(join(outside, 'secret'), join(blobs.root, 'window'))
    const refused = { code: 'INVALID_PARAMETER_VALUE' }
    await expect(blobs.get('door/secret')).rejects.toMatchObject(refused)
    await expect(blobs.get('window')).rejects.toMatchObject(refused)
    await expect(blobs.head('window')).rejects.toMatchObject(refused)
    await expect(blobs.list('door')).rejects.toMatchObject(refused)
    await expect(blobs.put('door/new', Buffer.from('x'))).rejects.toMatchObject(refused)
    await expect(blobs.put('door/deep/new', Buffer.from('x'))).rejects.toMatchObject(refused)
    await expect(blobs.delete('door/secret')).rejects.toMatchObject(refused)
    expect(await blobs.list('')).toEqual({ blobs: [], folders: [] })
    await blobs.delete('door')
    expect(readdirSync(outside)).toEqual(['secret'])
  })

  test('deletes the temporary files of dead writers when it opens, and keeps those of live ones', async () => {
    const folder = aFolder()
    const parts = join(folder, '.incoming')
    mkdirSync(parts)
    const dead = `${hostname()}~${2 ** 22 + 1}~a`
    const living = `${hostname()}~${process.ppid}~b`
    for (const name of [dead, living, 'elsewhere~7~old', 'elsewhere~7~new'])
      writeFileSync(join(parts, name), 'x')
    utimesSync(join(parts, 'elsewhere~7~old'), 1, 1)
    const blobs = await DiskBlobs.open(folder)
    expect(readdirSync(parts).sort()).toEqual([living, 'elsewhere~7~new'].sort())
    expect(await blobs.list('')).toEqual({ blobs: [], folders: [] })
    await expect(blobs.get('.incoming/x')).rejects.toMatchObject({ code: 'INVALID_PARAMETER_VALUE' })
  })

  test('does not disturb writes of this process when it opens again', async () => {
    const folder = aFolder()
    const blobs = await DiskBlobs.open(folder)
    const reopening = async function* () {
      yield Buffer.from('first ')
      await DiskBlobs.open(folder)
      yield Buffer.from('second')
    }
    expect(await blobs.put('slow', Readable.from(reopening()))).toMatchObject({ size: 12 })
  })

  test('rejects a blob and a folder with the same name in either order', async () => {
    const blobs = await DiskBlobs.open(aFolder())
    await blobs.put('a', Buffer.from('x'))
    await blobs.put('b/c', Buffer.from('x'))
    for (const ifAbsent of [false, true]) {
      for (const key of ['a/b', 'a/b/c', 'b'])
        await expect(blobs.put(key, Buffer.from('x'), { ifAbsent })).rejects.toMatchObject({
          code: 'RESOURCE_CONFLICT',
        })
    }
    await expect(blobs.get('a/b')).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
    await expect(blobs.get('b')).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
  })

  test('completes all puts and deletes that race for one folder', async () => {
    const blobs = await DiskBlobs.open(aFolder())
    const work = Array.from({ length: 60 }, (_, i) =>
      i % 2 ? blobs.delete(`race/deep/${i - 1}`) : blobs.put(`race/deep/${i}`, Buffer.from('x')),
    )
    await Promise.all(work)
    await blobs.delete('race')
    expect(await blobs.list('')).toEqual({ blobs: [], folders: [] })
  })

  test('deletes a folder that is being written to, or rejects it with RESOURCE_CONFLICT', async () => {
    const blobs = await DiskBlobs.open(aFolder())
    const outcomes = new Set<string>()
    let writing = true
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let n = 0; writing; n++)
        await blobs.put(`busy/${writer}/${n % 20}`, Buffer.from('x')).catch(() => {})
    })
    for (let n = 0; n < 100; n++)
      await blobs.delete('busy').then(
        () => outcomes.add('deleted'),
        (error) => outcomes.add(error.code),
      )
    writing = false
    await Promise.all(writers)
    expect([...outcomes].filter((word) => !['deleted', 'RESOURCE_CONFLICT'].includes(word))).toEqual([])
  })

  test('reports a full disk as INSUFFICIENT_STORAGE, leaves nothing behind, and recovers', async ({
    skip,
  }) => {
    const folder = aFolder()
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' })
    } catch {
      skip('a full disk can only be tried where a small file system may be mounted (root)')
    }
    try {
      const blobs = await DiskBlobs.open(folder)
      const body = Readable.from(Array.from({ length: 32 }, () => Buffer.alloc(65_536)))
      await expect(blobs.put('big', body)).rejects.toMatchObject({
        code: 'INSUFFICIENT_STORAGE',
        statusCode: 507,
      })
      expect(readdirSync(join(folder, '.incoming'))).toEqual([])
      expect(await blobs.put('small', Buffer.from('x'))).toMatchObject({ size: 1 })
    } finally {
      execFileSync('umount', [folder])
    }
  })
})
