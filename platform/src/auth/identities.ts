import { randomUUID } from 'node:crypto'
import { claimName } from '../db/claim-name.js'
import type { Db, Transaction } from '../db/db.js'
import { ApiError, invalid, missing } from '../errors.js'
import { noteAccessChange } from './access-cache.js'
import { deleteInvitesOf } from './invites.js'
import { type ChangedMembers, changeMembersIn, type MemberChange } from './members.js'
import { ADMINS, EVERYONE, isBuiltIn, LOCAL_OWNER, type Principal, type PrincipalType } from './principal.js'
import type { AuthSchema, PrincipalRow } from './schema.js'

type TransactionWork = (tx: Transaction<AuthSchema>) => Promise<unknown>

/** Store of users, groups, service principals and memberships. */
export class Identities {
  readonly #db: Db<AuthSchema>
  readonly #now: () => number

  constructor(db: Db<AuthSchema>, now: () => number = Date.now) {
    this.#db = db
    this.#now = now
  }

  /** Creates the built-in principals: the owner of the workspace and the group of all principals. */
  async bootstrap(): Promise<void> {
    for (const one of [LOCAL_OWNER, EVERYONE]) await this.ensure(one)
  }

  /** Creates a built-in principal if it does not exist. @returns whether it was created */
  async ensure(principal: Principal): Promise<boolean> {
    const row = {
      ...principal,
      display_name: principal.name,
      active: 1 as const,
      created_at: this.#now(),
      external_id: null,
      email: null,
      updated_at: null,
    }
    const { numInsertedOrUpdatedRows } = await this.#db.transaction((tx) =>
      tx
        .insertInto('principals')
        .values(row)
        .onConflict((on) => on.doNothing())
        .executeTakeFirstOrThrow(),
    )
    return numInsertedOrUpdatedRows === 1n
  }

  /**
   * @param also runs in the same transaction; nothing is created if it fails
   * @throws RESOURCE_ALREADY_EXISTS if any principal has the name, or it is reserved; INVALID_PARAMETER_VALUE
   */
  async create(
    type: PrincipalType,
    name: string,
    displayName = name,
    also?: (tx: Transaction<AuthSchema>, row: PrincipalRow) => Promise<unknown>,
  ): Promise<PrincipalRow> {
    checkName(name)
    const row: PrincipalRow = {
      id: randomUUID(),
      type,
      name,
      display_name: displayName,
      active: 1,
      created_at: this.#now(),
      external_id: null,
      email: null,
      updated_at: null,
    }
    await this.#unique(name, async (tx) => {
      await tx.insertInto('principals').values(row).execute()
      await also?.(tx, row)
    })
    if (also) noteAccessChange(this.#db)
    return row
  }

  /** Names and ids share one namespace, so that they cannot be confused. */
  async #unique(name: string, write: (tx: Transaction<AuthSchema>) => Promise<void>): Promise<void> {
    const taken = (cause?: unknown) =>
      new ApiError('RESOURCE_ALREADY_EXISTS', `Principal '${name}' already exists.`, { cause })
    await claimName(this.#db, taken, async (tx) => {
      const same = await tx.selectFrom('principals').select('id').where('id', '=', name).executeTakeFirst()
      if (same) throw taken()
      await write(tx)
    })
  }

  find(idOrName: string): Promise<PrincipalRow | undefined> {
    return this.#db.read
      .selectFrom('principals')
      .selectAll()
      .where((eb) => eb.or([eb('id', '=', idOrName), eb('name', '=', idOrName)]))
      .executeTakeFirst()
  }

  /** @throws RESOURCE_DOES_NOT_EXIST */
  async get(idOrName: string): Promise<PrincipalRow> {
    const row = await this.find(idOrName)
    if (!row) throw missing(`Principal '${idOrName}' does not exist.`)
    return row
  }

  /** Lists principals in the order of names, or of another column first. `ids` restricts the result. */
  async list(
    type: PrincipalType,
    { offset = 0, limit = 10_000, ids, by = 'name', descending = false }: ListOptions = {},
  ): Promise<{ rows: PrincipalRow[]; total: number }> {
    const matching = this.#db.read
      .selectFrom('principals')
      .where('type', '=', type)
      .$if(ids !== undefined, (query) => query.where('id', 'in', ['', ...ids!]))
    const direction = descending ? 'desc' : 'asc'
    const ordered = matching.selectAll().orderBy(by, direction).orderBy('name', direction)
    const rows = await ordered.offset(offset).limit(limit).execute()
    const { total } = await matching
      .select((eb) => eb.fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow()
    return { rows, total }
  }

  /**
   * @param also runs in the same transaction; nothing is changed if it fails
   * @throws RESOURCE_DOES_NOT_EXIST, RESOURCE_ALREADY_EXISTS for an existing name
   */
  async update(id: string, change: PrincipalChange, also?: TransactionWork): Promise<PrincipalRow> {
    if (change.name !== undefined) checkName(change.name)
    await this.#unique(change.name ?? '', async (tx) => {
      await this.updateIn(tx, id, change)
      await also?.(tx)
    })
    noteAccessChange(this.#db)
    return this.get(id)
  }

  /** Changes a principal in a transaction, without a check of its name. */
  async updateIn(tx: Transaction<AuthSchema>, id: string, change: PrincipalChange): Promise<void> {
    const { name, display_name, active, external_id, email } = change
    if (isBuiltIn(id) && (name !== undefined || active === false))
      throw invalid('The built-in principals cannot be renamed or deactivated.')
    const set = {
      ...(name !== undefined && { name }),
      ...(display_name !== undefined && { display_name }),
      ...(active !== undefined && { active: Number(active) as 0 | 1 }),
      ...(external_id !== undefined && { external_id }),
      ...(email !== undefined && { email }),
    }
    if (Object.keys(set).length === 0) return
    const updated = { ...set, updated_at: this.#now() }
    await tx.updateTable('principals').set(updated).where('id', '=', id).execute()
    if (active === false) await deleteInvitesOf(tx, id)
  }

  /** Deletes a principal with its tokens, grants and memberships. The caller must first check what the principal owns. */
  async delete(id: string): Promise<void> {
    if (isBuiltIn(id)) throw invalid('The built-in principals cannot be deleted.')
    await this.#db.transaction((tx) => tx.deleteFrom('principals').where('id', '=', id).execute())
    noteAccessChange(this.#db)
  }

  async addMember(groupId: string, memberId: string): Promise<void> {
    await this.changeMembers(groupId, { add: [memberId] })
  }

  async removeMember(groupId: string, memberId: string): Promise<void> {
    await this.changeMembers(groupId, { remove: [memberId] })
  }

  /**
   * Changes the members of a group. Groups may contain groups, also in cycles.
   *
   * @param also runs in the same transaction; the change is undone if it fails
   */
  async changeMembers(
    groupId: string,
    change: MemberChange,
    also?: TransactionWork,
  ): Promise<ChangedMembers> {
    const changed = await this.#db.transaction(async (tx) => {
      const members = await this.changeMembersIn(tx, groupId, change)
      await also?.(tx)
      return members
    })
    noteAccessChange(this.#db)
    return changed
  }

  changeMembersIn(
    tx: Transaction<AuthSchema>,
    groupId: string,
    change: MemberChange,
  ): Promise<ChangedMembers> {
    return changeMembersIn(tx, groupId, change, this.#now())
  }

  members(groupId: string): Promise<Principal[]> {
    return this.#db.read
      .selectFrom('group_members')
      .innerJoin('principals', 'principals.id', 'group_members.member_id')
      .select(['principals.id', 'principals.type', 'principals.name'])
      .where('group_id', '=', groupId)
      .orderBy('principals.name')
      .execute()
  }

  groupsOf(memberId: string): Promise<Principal[]> {
    return this.#db.read
      .selectFrom('group_members')
      .innerJoin('principals', 'principals.id', 'group_members.group_id')
      .select(['principals.id', 'principals.type', 'principals.name'])
      .where('member_id', '=', memberId)
      .orderBy('principals.name')
      .execute()
  }
}

export interface PrincipalChange {
  readonly name?: string
  readonly display_name?: string
  readonly active?: boolean
  readonly external_id?: string | null
  readonly email?: string | null
}

export interface ListOptions {
  readonly offset?: number
  readonly limit?: number
  readonly ids?: readonly string[]
  readonly by?: 'name' | 'display_name' | 'id' | 'created_at'
  readonly descending?: boolean
}

/** @throws INVALID_PARAMETER_VALUE for a name that no principal may have, RESOURCE_ALREADY_EXISTS for a reserved one */
export function checkName(name: string) {
  if (!/^[\w@.+\- ]{1,255}$/.test(name) || name.trim() !== name)
    throw invalid(
      `Invalid principal name '${name}': use letters, digits, inner spaces and _@.+-, at most 255 characters.`,
    )
  // The group is created with the first administrator: a principal that took its name before would become one.
  if (name === ADMINS.name || name === ADMINS.id)
    throw new ApiError('RESOURCE_ALREADY_EXISTS', `The name '${name}' is reserved for the administrators.`)
}
