import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { ApiError } from '../errors.js'
import type { Db } from './db.js'

interface Ledger {
  migrations: { service: string; name: string; checksum: string; applied_at: number }
}

const LEDGER = `create table if not exists migrations (
  service text not null, name text not null, checksum text not null, applied_at bigint not null,
  primary key (service, name)
)`

/**
 * Applies the numbered `.sql` files of a service that are not in the ledger, in order: one transaction each, or one for all
 * if the database has no tables of the service. `0002_x.postgres.sql` and `0002_x.sqlite.sql` are for one engine only.
 *
 * @param upTo the last number to apply; the default is all
 * @returns the names of the files that it applied
 * @throws INVALID_STATE if an applied file has changed, or the database is newer than this release.
 */
export async function migrate(
  db: Db<unknown>,
  service: string,
  folder: URL,
  { upTo = Number.POSITIVE_INFINITY }: { upTo?: number } = {},
): Promise<string[]> {
  const files = migrationFiles(folder, db.dialect.name)
  return db.engine.exclusive(async () => {
    await rejectMlflow(db)
    await db.engine.script(LEDGER)
    const applied = await appliedTo(db, service)
    rejectNewer(service, applied, files)
    const missing = files.filter(({ name }) => !applied.has(name) && numberOf(name) <= upTo)
    const scripts = missing.map(({ name, text, checksum }) => {
      const entry = `insert into migrations values ('${service}', '${name}', '${checksum}', ${Date.now()});`
      return `${text};\n${entry}`
    })
    const isNew = applied.size === 0 && missing.length > 0
    for (const script of isNew ? [scripts.join('\n')] : scripts) await db.engine.script(script)
    return missing.map(({ name }) => name)
  })
}

/** Lists what `migrate` would apply, without changing the database. @throws like `migrate` */
export async function pendingMigrations(db: Db<unknown>, service: string, folder: URL): Promise<string[]> {
  const files = migrationFiles(folder, db.dialect.name)
  const { tables } = await db.engine.snapshot(async ({ tables }) => ({ tables }))
  const isNew = !tables.some(({ name }) => name === 'migrations')
  const applied = isNew ? new Map<string, string>() : await appliedTo(db, service)
  rejectNewer(service, applied, files)
  return files.map(({ name }) => name).filter((name) => !applied.has(name))
}

/** Returns the number at the start of a migration's file name. */
export const numberOf = (name: string) => Number(name.slice(0, 4))

/** Returns the number of the last migration of a service, on any engine. */
export const latestMigration = (folder: URL) =>
  Math.max(
    ...['sqlite', 'postgres'].flatMap((engine) =>
      migrationFiles(folder, engine).map(({ name }) => numberOf(name)),
    ),
  )

/** Rejects a database of MLflow, whose table names collide with those of Cairn. */
async function rejectMlflow(db: Db<unknown>) {
  if ((await has(db, 'migrations')) || !(await has(db, 'alembic_version'))) return
  throw new ApiError(
    'INVALID_STATE',
    'This is a database of MLflow. Start Cairn on an empty one and copy this one with `cairn migrate mlflow`.',
  )
}

const has = (db: Db<unknown>, table: string) =>
  sql`select 1 from ${sql.table(table)} limit 0`.execute(db.read).then(
    () => true,
    () => false,
  )

/** Returns the checksums of the applied migrations by name. */
async function appliedTo(db: Db<unknown>, service: string): Promise<Map<string, string>> {
  const rows = await db
    .for<Ledger>()
    .read.selectFrom('migrations')
    .selectAll()
    .where('service', '=', service)
    .execute()
  return new Map(rows.map((row) => [row.name, row.checksum]))
}

function migrationFiles(folder: URL, engine: string) {
  const path = fileURLToPath(folder)
  return readdirSync(path)
    .filter((name) => /^\d{4}_\w+(\.(sqlite|postgres))?\.sql$/.test(name))
    .filter((name) => !/\.(sqlite|postgres)\.sql$/.test(name) || name.endsWith(`.${engine}.sql`))
    .sort()
    .map((name) => {
      const text = readFileSync(`${path}/${name}`, 'utf8')
      return { name, text, checksum: createHash('sha256').update(text).digest('hex').slice(0, 16) }
    })
}

function rejectNewer(
  service: string,
  applied: Map<string, string>,
  files: readonly { name: string; checksum: string }[],
) {
  const known = new Map(files.map((file) => [file.name, file.checksum]))
  for (const [name, checksum] of applied) {
    if (!known.has(name))
      throw new ApiError(
        'INVALID_STATE',
        `The database has migration ${service}/${name}, which is unknown to this release. Start a newer release.`,
      )
    if (known.get(name) !== checksum)
      throw new ApiError(
        'INVALID_STATE',
        `Migration ${service}/${name} has changed since it was applied. Restore the released file.`,
      )
  }
}
