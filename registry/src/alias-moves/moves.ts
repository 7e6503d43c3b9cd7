import type { Db, Transaction } from '@cairn/platform/db/db'
import type { AliasMove } from '@cairn/platform/protocol/cairn/alias-moves'
import { sql } from 'kysely'
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

/** Records where an alias has moved; within a transaction of `withModelLock`. */
export async function recordMove(
  tx: Transaction<RegistrySchema>,
  { name, alias, version, at }: MoveOptions,
): Promise<void> {
  await sql`insert into alias_moves (name, position, alias, version, moved_at)
    select ${name}, coalesce(max(position), 0) + 1, cast(${alias} as text), cast(${version} as bigint), cast(${at} as bigint)
    from alias_moves where name = ${name}`.execute(tx)
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
