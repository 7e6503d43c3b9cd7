import type { Db } from '@cairn/platform/db/db'
import { sql } from 'kysely'

/** The schema that a backup is restored into, before it replaces the current tables. */
export const RESTORING = 'cairn_restoring'

/** The URL of a connection that uses another schema. */
export function schemaUrl(url: string, schema: string): string {
  const other = new URL(url)
  other.searchParams.set('options', `-c search_path=${schema}`)
  return other.href
}

/** Creates the schema, and drops what an earlier attempt left in it. */
export const recreateSchema = (db: Db<unknown>, schema: string) =>
  db.engine.script(`drop schema if exists ${schema} cascade; create schema ${schema}`)

/** Replaces the tables of the current schema by those of this one, in one transaction. */
export async function replaceTables(db: Db<unknown>, schema: string): Promise<void> {
  await db.transaction(async (tx) => {
    const { rows: old } = await sql<{ name: string }>`select tablename as name from pg_tables
      where schemaname = current_schema()`.execute(tx)
    for (const { name } of old) await sql`drop table ${sql.table(name)} cascade`.execute(tx)
    const { rows } = await sql<{
      name: string
      here: string
    }>`select tablename as name, current_schema() as here
      from pg_tables where schemaname = ${schema}`.execute(tx)
    for (const { name, here } of rows)
      await sql`alter table ${sql.table(`${schema}.${name}`)} set schema ${sql.id(here)}`.execute(tx)
    await sql`drop schema ${sql.id(schema)} cascade`.execute(tx)
  })
}
