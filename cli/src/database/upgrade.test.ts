import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Db, SnapshotTable } from '@cairn/platform/db/db'
import { migrate, numberOf } from '@cairn/platform/db/migrate'
import { databases } from '@cairn/platform/testing/databases'
import { everyNth } from '@cairn/platform/testing/effort'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { MIGRATION_FOLDERS, migrateAll, pendingMigrationsOf, type SchemaVersion } from './schema.js'
import { contentsOf, fillTables, ROWS } from './testing/fill-tables.js'

const SOURCE = fileURLToPath(new URL('../../../', import.meta.url))

/** The first migrations that fill the table of securables. Servers apply those of `auth` first. */
const NEEDS_SECURABLES: Readonly<Record<string, number>> = { catalog: 2, serving: 7, workspace: 5 }

/**
 * Each version of each service, with all other services at their first version.
 *
 * @param every of the versions of a service, the last one included
 */
const steps = (every: number) =>
  Object.entries(MIGRATION_FOLDERS).flatMap(([service, url]) => {
    const numbers = [...new Set(readdirSync(fileURLToPath(url)).map(numberOf))].sort((a, b) => b - a)
    return numbers
      .filter((_, age) => age % every === 0)
      .map((number): [string, SchemaVersion] => [
        `${service} ${number}`,
        {
          ...Object.fromEntries(Object.keys(MIGRATION_FOLDERS).map((name) => [name, 1])),
          ...(number >= (NEEDS_SECURABLES[service] ?? Number.POSITIVE_INFINITY) && { auth: 11 }),
          [service]: number,
        },
      ])
  })

/** Tables whose owners moved to the table of securables, with the type of their entries. */
const OWNED: Readonly<Record<string, string>> = {
  catalogs: 'catalog',
  schemas: 'schema',
  tables: 'table',
  volumes: 'volume',
  endpoints: 'serving_endpoint',
}

function withoutOwner(table: SnapshotTable): SnapshotTable {
  const { owner: _, ...columns } = table.columns
  return OWNED[table.name] ? { ...table, columns } : table
}

/** The type of the objects in a table that has their owners. */
const typeOfOwned = ({ name, columns }: SnapshotTable) => ('owner' in columns ? (OWNED[name] ?? []) : [])

/** The types of which all rows of `fillTables` have an entry with their owner. */
async function typesWithOwners(db: Db<unknown>): Promise<string[]> {
  const { rows } = await sql<{ type: string; owner: string; id: string }>`
    select type, owner, id from securables where owner = id`.execute(db.read)
  const counts = Object.values(OWNED).map((type) => [type, rows.filter((row) => row.type === type).length])
  return counts.flatMap(([type, count]) => (count === ROWS ? [String(type)] : [])).sort()
}

/** The number of rows of the earlier audit log that are in the one of today. */
async function recordedDecisions(db: Db<unknown>): Promise<number> {
  const { rows } = await sql`select 1 from audit_events where action_name = 'decideAccess'`.execute(db.read)
  return rows.length
}

test('knows every folder of migrations in the repository', () => {
  const packages = [
    ...['platform', 'tracking-server', 'registry', 'catalog', 'serving', 'workspace', 'pipelines', 'cli'],
  ]
  const folders = packages.flatMap((name) =>
    readdirSync(join(SOURCE, name, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((path) => /(^|[\\/])migrations$/.test(path))
      .map((path) => join(SOURCE, name, 'src', path)),
  )
  const known = Object.values(MIGRATION_FOLDERS).map((url) => fileURLToPath(url).replace(/[\\/]$/, ''))
  expect(folders.sort()).toEqual(known.sort())
})

describe.each(databases)('the schema on %s', (_name, database) => {
  const every = database.engine === 'postgres' ? everyNth(8, 8) : everyNth(3, 3)
  test.each(steps(every))(
    'is migrated from %s to the latest version without losing rows',
    async (_step, version) => {
      const { db, close } = await database.open({ isEmpty: true })
      try {
        await migrateAll(db, version)
        await fillTables(db)
        const present = await db.engine.snapshot(async (snapshot) => snapshot.tables)
        const tables = present.map(withoutOwner)
        const { securables: entries = [], audit: decisions = [], ...before } = await contentsOf(db, tables)
        const isOlder = present.some(({ name }) => name === 'audit')
        expect(Object.values(before).every((rows) => rows.length > 0)).toBe(true)
        await migrateAll(db)
        const { securables: entriesNow = [], ...now } = await contentsOf(db, tables)
        expect(now).toEqual(before)
        expect(entriesNow).toEqual(expect.arrayContaining(entries))
        expect(await typesWithOwners(db)).toEqual(present.flatMap(typeOfOwned).sort())
        if (isOlder) expect(await recordedDecisions(db)).toBe(decisions.length)
        expect(await pendingMigrationsOf(db)).toEqual([])
      } finally {
        await close()
      }
    },
  )

  test('is unchanged when a migration fails halfway', async () => {
    const { db, close } = await database.open({ isEmpty: true })
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
