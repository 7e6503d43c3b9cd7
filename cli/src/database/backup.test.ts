import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { loadConfig } from '@cairn/platform/config'
import { Database } from '@cairn/platform/db/better-sqlite3'
import type { Db } from '@cairn/platform/db/db'
import { openDb } from '@cairn/platform/db/open'
import { databases } from '@cairn/platform/testing/databases'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { backup, copyBlobs, sqliteFile } from './backup.js'
import { restore } from './restore.js'
import { migrateAll, pendingMigrationsOf } from './schema.js'
import { contentsOf, fillTables } from './testing/fill-tables.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-backup-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const configOf = (database_url: string) => loadConfig({}, { data: join(folder, 'data'), database_url })
const pairs = databases.flatMap(([from, source]) =>
  databases.map(([to, target]) => [from, to, source, target] as const),
)

describe.each(pairs)('a backup of %s', (_from, to, source, target) => {
  test(`restores every row on ${to}, and replaces an existing database only with --force`, async () => {
    const one = await source.open({ isEmpty: true })
    const other = await target.open({ isEmpty: true })
    try {
      await migrateAll(one.db)
      await fillTables(one.db)
      const out = join(folder, 'backup')
      await backup(configOf(one.url), out, { portable: true, withArtifacts: false })
      await expect(backup(configOf(one.url), out, { portable: true, withArtifacts: false })).rejects.toThrow(
        /exists already/,
      )
      await migrateAll(other.db)
      await sql`insert into experiments values (1, 'old', '', 'active', 1, 1)`
        .execute(other.db.read)
        .catch(() => undefined)
      await other.db.close()
      const config = configOf(other.url)
      await expect(restore(config, out, false)).rejects.toThrow(/--force/)
      await restore(config, out, true)
      const restored = openDb<unknown>(other.url)
      expect(await contentsOf(restored)).toEqual(await contentsOf(one.db))
      expect(await pendingMigrationsOf(restored)).toEqual([])
      await restored.close()
    } finally {
      await one.close()
      await other.close()
    }
  })
})

describe.each(databases)('a backup of an older release, restored on %s', (_name, database) => {
  test('is migrated to the latest schema', async () => {
    const one = await database.open({ isEmpty: true })
    const other = await database.open({ isEmpty: true })
    try {
      await migrateAll(one.db, { auth: 1, tracking: 1 })
      await fillTables(one.db)
      const out = join(folder, 'backup')
      await backup(configOf(one.url), out, { portable: true, withArtifacts: false })
      await other.db.close()
      await restore(configOf(other.url), out, true)
      const restored = openDb<unknown>(other.url)
      const tables = await one.db.engine.snapshot(async (snapshot) => snapshot.tables)
      const { audit: _moved, ...kept } = await contentsOf(one.db)
      expect(await contentsOf(restored, tables)).toEqual(kept)
      expect(await pendingMigrationsOf(restored)).toEqual([])
      await restored.close()
    } finally {
      await one.close()
      await other.close()
    }
  })

  test.each([
    ['is truncated', (text: string) => text.slice(0, -200), /incomplete/],
    ['was changed', (text: string) => text.replace(/"created_at":\d/, '"created_at":7'), /was changed/],
    ['is from a newer release', (text: string) => text.replace('"auth":1', '"auth":99'), /newer release/],
    ['has an unknown service', (text: string) => text.replace('"auth":1', '"auth":1,"x":1'), /newer release/],
  ])('one that %s is rejected, and the old database stays', async (_case, change, message) => {
    const one = await database.open({ isEmpty: true })
    const other = await database.open({ isEmpty: true })
    try {
      await migrateAll(one.db, { auth: 1 })
      await fillTables(one.db)
      const out = join(folder, 'backup')
      await backup(configOf(one.url), out, { portable: true, withArtifacts: false })
      writeFileSync(out, gzipSync(change(gunzipSync(readFileSync(out)).toString())))
      await migrateAll(other.db)
      await fillTables(other.db)
      const before = await contentsOf(other.db)
      await other.db.close()
      await expect(restore(configOf(other.url), out, true)).rejects.toThrow(message)
      const after = openDb<unknown>(other.url)
      expect(await contentsOf(after)).toEqual(before)
      await after.close()
    } finally {
      await one.close()
      await other.close()
    }
  })
})

const onSqlite = async (work: (opened: { url: string; db: Db<unknown> }) => Promise<void>) => {
  const [, sqlite] = databases[0]!
  const { url, db, close } = await sqlite.open()
  try {
    await migrateAll(db)
    await work({ url, db })
  } finally {
    await close()
  }
}

const backedUp = async (url: string) => {
  const out = join(folder, 'copy.db')
  await backup(configOf(url), out, { portable: false, withArtifacts: false })
  return out
}

const contentsIn = async (file: string) => {
  const db = openDb<unknown>(file)
  const contents = await contentsOf(db)
  await db.close()
  return contents
}

test('does not replace a database that is in use', () =>
  onSqlite(async ({ url }) => {
    const out = await backedUp(url)
    await expect(restore(configOf(url), out, true)).rejects.toThrow(/stop the server/)
  }))

test('rejects a truncated SQLite backup in one sentence', () =>
  onSqlite(async ({ url }) => {
    const out = await backedUp(url)
    truncateSync(out, 300_000)
    await expect(restore(configOf(join(folder, 'new.db')), out, false)).rejects.toThrow(/is corrupt \(/)
  }))

test('replaces a damaged database', () =>
  onSqlite(async ({ url, db }) => {
    await fillTables(db)
    const file = join(folder, 'damaged.db')
    writeFileSync(file, 'what the disk has left of it')
    await restore(configOf(file), await backedUp(url), true)
    expect(await contentsIn(file)).toEqual(await contentsOf(db))
  }))

test('does not replay the log of a killed server into a restored database', () =>
  onSqlite(async ({ url, db }) => {
    const out = await backedUp(url)
    const expected = await contentsOf(db)
    await fillTables(db)
    const file = join(folder, 'gone.db')
    copyFileSync(`${sqliteFile(url)}-wal`, `${file}-wal`)
    await restore(configOf(file), out, false)
    expect(await contentsIn(file)).toEqual(expected)
  }))

test('includes artifacts on request', async () => {
  const [, sqlite] = databases[0]!
  const { url, db, close } = await sqlite.open()
  try {
    await migrateAll(db)
    const config = loadConfig(
      {},
      { data: folder, database_url: url, artifacts_destination: join(folder, 'store') },
    )
    const { openBlobs } = await import('@cairn/platform/blobs/open')
    await (await openBlobs(join(folder, 'store'))).put('1/r/artifacts/a b.txt', Buffer.from('hello'))
    await backup(config, join(folder, 'deep/all'), { portable: false, withArtifacts: true })
    const moved = loadConfig({}, { data: join(folder, 'new'), artifacts_destination: join(folder, 'store2') })
    await restore(moved, join(folder, 'deep/all'), false)
    expect(readFileSync(join(folder, 'store2/1/r/artifacts/a b.txt'), 'utf8')).toBe('hello')
  } finally {
    await close()
  }
})

test('tolerates artifacts that are written and deleted during a backup', async () => {
  const { openBlobs } = await import('@cairn/platform/blobs/open')
  const source = await openBlobs(join(folder, 'store'))
  for (const key of ['1', '2', '3', '4']) await source.put(key, Buffer.from('hello'))
  const target = await openBlobs(join(folder, 'copy'))
  const put = target.put.bind(target)
  target.put = async (key, body) => {
    if (key === '1') await Promise.all([source.put('2', Buffer.from('longer')), source.delete('3')])
    return put(key, body)
  }
  expect(await copyBlobs(source, target)).toBe(3)
  const keys: string[] = []
  for await (const { key, size } of target.walk('')) keys.push(`${key} ${size}`)
  expect(keys).toEqual(['1 5', '2 6', '4 5'])
})

test('rejects a database of another program in one sentence', async () => {
  const foreign = join(folder, 'mlflow.db')
  const handle = new Database(foreign)
  handle.exec('create table runs (run_uuid varchar(32) not null)')
  handle.close()
  await expect(restore(configOf(join(folder, 'new.db')), foreign, false)).rejects.toThrow(/database of Cairn/)
})

test('leaves no files behind when a backup fails', async () => {
  const file = join(folder, 'damaged.db')
  const handle = new Database(file)
  handle.exec('create table notes (body text); insert into notes values (zeroblob(100000))')
  handle.close()
  truncateSync(file, 20_000)
  await expect(
    backup(configOf(file), join(folder, 'out.db'), { portable: false, withArtifacts: false }),
  ).rejects.toThrow()
  expect(readdirSync(folder)).toEqual(['damaged.db'])
})

test('leaves no backup behind when the artifacts cannot be copied', async () => {
  const [, sqlite] = databases[0]!
  const { url, db, close } = await sqlite.open()
  try {
    await migrateAll(db)
    const store = join(folder, 'store')
    writeFileSync(store, 'not a folder')
    const config = loadConfig({}, { data: folder, database_url: url, artifacts_destination: store })
    const result = backup(config, join(folder, 'all'), { portable: false, withArtifacts: true })
    await expect(result).rejects.toThrow()
    expect(readdirSync(folder)).toEqual(['store'])
  } finally {
    await close()
  }
})
