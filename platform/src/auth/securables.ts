import { sql } from 'kysely'
import type { Db, Transaction } from '../db/db.js'
import { idRows } from '../db/id-rows.js'
import { ApiError } from '../errors.js'
import type { SecurableType } from '../protocol/privileges.js'
import { noteAccessChange } from './access-cache.js'
import type { Securable, SecurableChain } from './decide.js'
import { KINDS } from './kinds.js'
import { METASTORE } from './metastore.js'
import type { AllowedObjects } from './object-access.js'
import { LOCAL_OWNER } from './principal.js'
import type { AuthSchema, SecurableRow } from './schema.js'

type Tx = Transaction<Pick<AuthSchema, 'securables' | 'grants'>>

export type NewSecurable = Omit<SecurableRow, 'parent_id'> & { readonly parent_id?: string }

/** Enters an object in the transaction that creates it. */
export async function enterSecurable(tx: Tx, entry: NewSecurable): Promise<void> {
  await tx
    .insertInto('securables')
    .values({ parent_id: null, ...entry })
    .execute()
}

export interface SecurableChange {
  readonly name?: string
  /** Principal id. */
  readonly owner?: string
}

/** Changes an entry in the transaction that changes the object. The caller calls `noteAccessChange` after it. */
export async function updateSecurable(
  tx: Tx,
  type: SecurableType,
  id: string,
  { name, owner }: SecurableChange,
): Promise<void> {
  const set = { ...(name !== undefined && { name }), ...(owner !== undefined && { owner }) }
  if (Object.keys(set).length === 0) return
  await tx.updateTable('securables').set(set).where('type', '=', type).where('id', '=', id).execute()
}

/**
 * Changes the owner, and locks the entry until the transaction ends; the same owner only locks it.
 *
 * @throws RESOURCE_CONFLICT if the object has another owner than the one with whom the change was decided
 */
export async function replaceOwner(tx: Tx, object: Securable, owner: string): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('securables')
    .set({ owner })
    .where('type', '=', object.type)
    .where('id', '=', object.id)
    .where('owner', '=', object.owner)
    .executeTakeFirstOrThrow()
  if (numUpdatedRows === 0n)
    throw new ApiError(
      'RESOURCE_CONFLICT',
      `The owner of ${object.type.replace('_', ' ')} '${object.name}' was changed meanwhile: read it and try again.`,
    )
}

/** Renames an object in the transaction that renames it. */
export const renameSecurable = (tx: Tx, type: SecurableType, id: string, name: string) =>
  updateSecurable(tx, type, id, { name })

/**
 * Removes an object, all objects in it, and their grants in the transaction that deletes them. The caller calls
 * `noteAccessChange` after it.
 */
export async function removeSecurable(tx: Tx, type: SecurableType, id: string): Promise<void> {
  const removed = sql`with recursive removed(type, id) as (
    select cast(${type} as text), cast(${id} as text)
    union all select securables.type, securables.id from securables join removed on securables.parent_id = removed.id)`
  await sql`${removed} delete from grants
    where (securable_type, securable_id) in (select type, id from removed)`.execute(tx)
  await sql`${removed} delete from securables where (type, id) in (select type, id from removed)`.execute(tx)
}

/** Returns an object of the table of securables with the folders that contain it; undefined for one that does not exist. */
export async function chainOf(
  db: Pick<Db<AuthSchema>, 'read'>,
  type: SecurableType,
  id: string,
): Promise<SecurableChain | undefined> {
  if (KINDS[type].parent === 'metastore') {
    const row = await db.read
      .selectFrom('securables')
      .select(['name', 'owner'])
      .where('type', '=', type)
      .where('id', '=', id)
      .executeTakeFirst()
    return row && [{ type, id, ...row }, ...METASTORE]
  }
  const { rows } = await sql<Securable & { level: number }>`
    with recursive chain(type, id, name, owner, parent_id, level) as (
      select type, id, name, owner, parent_id, 0 from securables where type = ${type} and id = ${id}
      union all select up.type, up.id, up.name, up.owner, up.parent_id, chain.level + 1
      from chain join securables as up on up.type = ${KINDS[type].parent!} and up.id = chain.parent_id)
    select type, id, name, owner, level from chain order by level`.execute(db.read)
  const [first, ...above] = rows.map(({ level: _, ...securable }) => securable)
  return first && [first, ...above, ...METASTORE]
}

/** An object of a service without its entry. */
export interface UnenteredObject {
  readonly id: string
  readonly name: string
  /** Principal id. The default is the creator. */
  readonly owner?: string
  /** Name of the principal that created it; an unknown name makes the local owner the owner. */
  readonly creator?: string | null
  readonly created_at: number
}

/** Reads the table of securables, and changes owners. */
export class Securables {
  readonly #db: Db<AuthSchema>

  constructor(db: Db<AuthSchema>) {
    this.#db = db
  }

  find(type: SecurableType, id: string): Promise<SecurableRow | undefined> {
    return this.#db.read
      .selectFrom('securables')
      .selectAll()
      .where('type', '=', type)
      .where('id', '=', id)
      .executeTakeFirst()
  }

  chain(type: SecurableType, id: string): Promise<SecurableChain | undefined> {
    return chainOf(this.#db, type, id)
  }

  /** Finds an entry by its name, for types with unique names. */
  findByName(type: SecurableType, name: string): Promise<SecurableRow | undefined> {
    return this.#db.read
      .selectFrom('securables')
      .selectAll()
      .where('type', '=', type)
      .where('name', '=', name)
      .executeTakeFirst()
  }

  /** Returns the entries of a type with these ids, in no particular order. */
  async list(type: SecurableType, ids: readonly string[]): Promise<SecurableRow[]> {
    if (ids.length === 0) return []
    const { rows } =
      await sql<SecurableRow>`select securables.* from ${idRows(this.#db.dialect, ids)} as wanted
      cross join securables where securables.type = ${type} and securables.id = wanted.id`.execute(
        this.#db.read,
      )
    return rows
  }

  /** @throws RESOURCE_CONFLICT if `object.owner` is not the owner any more */
  async setOwner(object: Securable, owner: string): Promise<void> {
    await this.#db.transaction((tx) => setOwnerIn(tx, object, owner))
    noteAccessChange(this.#db)
  }

  /** Returns up to `limit` entries of a type in the order of their ids, of all or of some objects. */
  page(
    type: SecurableType,
    { after, limit, among }: { after: string; limit: number; among?: AllowedObjects | undefined },
  ): Promise<SecurableRow[]> {
    return this.#db.read
      .selectFrom('securables')
      .selectAll()
      .where('type', '=', type)
      .where('id', '>', after)
      .$if(among !== undefined, (query) => query.where(among!.hasId('securables.id')))
      .orderBy('id')
      .limit(limit)
      .execute()
  }

  /**
   * Enters objects that an earlier release created. They belong to their creator if that principal existed then, otherwise to
   * the local owner. A principal that got the name later inherits nothing.
   */
  async enterMissing(type: SecurableType, objects: readonly UnenteredObject[]): Promise<number> {
    const known = new Set(
      (
        await this.list(
          type,
          objects.map(({ id }) => id),
        )
      ).map(({ id }) => id),
    )
    const missing = objects.filter(({ id }) => !known.has(id))
    if (missing.length === 0) return 0
    const principals = await this.#db.read
      .selectFrom('principals')
      .select(['id', 'name', 'created_at'])
      .execute()
    const byName = new Map(principals.map((principal) => [principal.name, principal]))
    const rows = missing.map(({ creator, owner, ...entry }) => {
      const found = byName.get(creator ?? '')
      const isCreator = found !== undefined && found.created_at <= entry.created_at
      return { ...entry, type, parent_id: null, owner: owner ?? (isCreator ? found.id : LOCAL_OWNER.id) }
    })
    const source = this.#db.dialect.rows(rows, {
      type: 'text',
      id: 'text',
      name: 'text',
      owner: 'text',
      created_at: 'bigint',
    })
    await this.#db.transaction((tx) =>
      sql`insert into securables (type, id, name, owner, created_at)
        select type, id, name, owner, created_at from ${source} as entry where true on conflict do nothing`.execute(
        tx,
      ),
    )
    return rows.length
  }
}

/** Changes the owner, and deletes its DENY. @throws RESOURCE_CONFLICT if `object.owner` is not the owner any more */
export async function setOwnerIn(tx: Tx, object: Securable, owner: string): Promise<void> {
  await replaceOwner(tx, object, owner)
  await tx
    .deleteFrom('grants')
    .where('securable_type', '=', object.type)
    .where('securable_id', '=', object.id)
    .where('principal_id', '=', owner)
    .where('privilege', '=', 'DENY')
    .execute()
}
