import type { Db } from '@cairn/platform/db/db'
import { sql } from 'kysely'

/** The schema in which a backup is restored beside the tables that it replaces. */
export const RESTORING = 'cairn_restoring'

/** A connection whose tables are in another schema. */
export function schemaUrl(url: string, schema: string): string {
  const other = new URL(url)
  other.searchParams.set('options', `-c search_path=${schema}`)
  return other.href
}

/** An empty schema, whatever an attempt before has left of it. */
export const dropTables = (db: Db<unknown>, schema: string) =>
  db.engine.script(`drop schema if exists ${schema} cascade; create schema ${schema}`)

/** Tables of the schema take the place of those of the current one, in one transaction. */
export async function swapSchema(db: Db<unknown>, schema: string): Promise<void> {
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
