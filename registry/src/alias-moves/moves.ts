import type { Db, Transaction } from '@cairn/platform/db/db'
import type { AliasMove } from '@cairn/platform/protocol/alias-moves'
import { type Kysely, sql } from 'kysely'
import type { RegistrySchema } from '../schema.js'

/** Older moves of a model are not listed. */
const MAX_LISTED = 1_000

interface MoveOptions {
  readonly name: string
  readonly alias: string
  /** Null when the alias is deleted. */
  readonly version: number | null
  readonly at: number
}

/** Records where an alias is now, unless it was there; within a transaction of `withModelLock`. */
export async function recordMove(
  tx: Transaction<RegistrySchema>,
  { name, alias, version, at }: MoveOptions,
): Promise<void> {
  const last = await lastVersion(tx, name, alias)
  if (last === version) return
  await sql`insert into alias_moves (name, position, alias, version, moved_at)
    select ${name}, coalesce(max(position), 0) + 1, cast(${alias} as text), cast(${version} as bigint), cast(${at} as bigint)
    from alias_moves where name = ${name}`.execute(tx)
}

async function lastVersion(
  read: Kysely<RegistrySchema>,
  name: string,
  alias: string,
): Promise<number | null> {
  const row = await read
    .selectFrom('alias_moves')
    .select('version')
    .where('name', '=', name)
    .where('alias', '=', alias)
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.version ?? null
}

/** The moves of the aliases of a model, newest first. */
export async function listMoves({ read }: Db<RegistrySchema>, name: string): Promise<AliasMove[]> {
  const rows = await read
    .selectFrom('alias_moves')
    .select(['alias', 'version', 'moved_at'])
    .where('name', '=', name)
    .orderBy('position', 'desc')
    .limit(MAX_LISTED)
    .execute()
  return rows.map(({ alias, version, moved_at }) => ({
    ...{ alias, moved_at },
    ...(version !== null && { version: String(version) }),
  }))
}
