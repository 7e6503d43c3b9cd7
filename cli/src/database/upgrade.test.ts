import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { migrate, numberOf } from '@cairn/platform/db/migrate'
import { databases } from '@cairn/platform/testing/databases'
import { describe, expect, test } from 'vitest'
import { MIGRATION_FOLDERS, migrateAll, pendingMigrationsOf, type SchemaVersion } from './schema.js'
import { contentsOf, fillTables } from './testing/fill-tables.js'

const SOURCE = fileURLToPath(new URL('../../../', import.meta.url))

/** Each version of each service, with all other services at their first version. */
const steps = Object.entries(MIGRATION_FOLDERS).flatMap(([service, url]) => {
  const numbers = [...new Set(readdirSync(fileURLToPath(url)).map(numberOf))].sort((a, b) => a - b)
  return numbers.map((number): [string, SchemaVersion] => [
    `${service} ${number}`,
    { ...Object.fromEntries(Object.keys(MIGRATION_FOLDERS).map((name) => [name, 1])), [service]: number },
  ])
})

test('knows every folder of migrations in the repository', () => {
  const packages = ['platform', 'tracking-server', 'registry', 'catalog', 'serving', 'pipelines', 'cli']
  const folders = packages.flatMap((name) =>
    readdirSync(join(SOURCE, name, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((path) => /(^|[\\/])migrations$/.test(path))
      .map((path) => join(SOURCE, name, 'src', path)),
  )
  const known = Object.values(MIGRATION_FOLDERS).map((url) => fileURLToPath(url).replace(/[\\/]$/, ''))
  expect(folders.sort()).toEqual(known.sort())
})

describe.each(databases)('the schema on %s', (_name, database) => {
  test.each(steps)(
    'is migrated from %s to the latest version without losing rows',
    async (_step, version) => {
      const { db, close } = await database.open()
      try {
        await migrateAll(db, version)
        await fillTables(db)
        const tables = await db.engine.snapshot(async (snapshot) => snapshot.tables)
        const before = await contentsOf(db, tables)
        expect(Object.values(before).every((rows) => rows.length > 0)).toBe(true)
        await migrateAll(db)
        expect(await contentsOf(db, tables)).toEqual(before)
        expect(await pendingMigrationsOf(db)).toEqual([])
      } finally {
        await close()
      }
    },
  )

  test('is unchanged when a migration fails halfway', async () => {
    const { db, close } = await database.open()
    const folder = mkdtempSync(join(tmpdir(), 'cairn-migrations-'))
    try {
      writeFileSync(join(folder, '0001_first.sql'), 'create table notes (id text primary key);')
      const url = pathToFileURL(`${folder}/`)
      await migrate(db, 'notes', url)
      writeFileSync(
        join(folder, '0002_broken.sql'),
        `alter table notes add column title text; insert into notes values ('a', 'b'); insert into nowhere values (1);`,
      )
      const before = await db.engine.snapshot(async ({ tables }) => tables)
      await expect(migrate(db, 'notes', url)).rejects.toThrow(/nowhere/)
      expect(await db.engine.snapshot(async ({ tables }) => tables)).toEqual(before)
      writeFileSync(join(folder, '0002_broken.sql'), 'alter table notes add column title text;')
      await migrate(db, 'notes', url)
    } finally {
      await close()
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
