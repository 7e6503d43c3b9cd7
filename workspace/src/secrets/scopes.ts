import { noteAccessChange } from '@cairn/platform/auth/access-cache'
import type { Naming, Namings } from '@cairn/platform/auth/naming'
import type { AllowedObjects } from '@cairn/platform/auth/object-access'
import { EVERYONE, type Principal } from '@cairn/platform/auth/principal'
import { enterSecurable, removeSecurable } from '@cairn/platform/auth/securables'
import { claimName } from '@cairn/platform/db/claim-name'
import type { Db, Transaction } from '@cairn/platform/db/db'
import { idRows } from '@cairn/platform/db/id-rows'
import { ApiError, missing } from '@cairn/platform/errors'
import { newId } from '@cairn/platform/mlflow/new-id'
import { sql } from 'kysely'
import type { SecretScopeRow, WorkspaceSchema } from '../schema.js'
import { privilegesOf } from './permissions.js'

const TYPE = 'secret_scope'
const MAX_SCOPES = 10_000
/** Keeps one principal from using up all scopes. */
const MAX_OWNED = 100

export const noSuchScope = (name: string) => missing(`Scope ${name} does not exist!`)

/** Resolves the scopes in requests to ids. Grants are on ids, so that a recreated scope inherits none. Ids take precedence. */
export function scopeNamings(db: Db<WorkspaceSchema>): Namings {
  const scope: Naming = {
    async find(names) {
      if (names.length === 0) return new Map()
      const { rows } = await sql<{ name: string; id: string }>`
        select wanted.id as name, scope_id as id from ${idRows(db.dialect, names)} as wanted
        cross join secret_scopes where name = wanted.id or scope_id = wanted.id`.execute(db.read)
      const byId = rows.filter(({ name, id }) => name === id)
      return new Map([...rows, ...byId].map(({ name, id }) => [name, [id]]))
    },
    acceptsIds: true,
    absent: noSuchScope,
    nothing: '',
  }
  return { scope }
}

/** Stores the scopes of secrets. */
export class ScopeStore {
  readonly #db: Db<WorkspaceSchema>
  readonly #now: () => number

  constructor(db: Db<WorkspaceSchema>, now: () => number) {
    this.#db = db
    this.#now = now
  }

  /** @throws RESOURCE_ALREADY_EXISTS; INVALID_STATE for too many scopes */
  async create(name: string, owner: Principal, isManagedByAll: boolean): Promise<void> {
    const row: SecretScopeRow = { scope_id: newId(), name, created_at: this.#now() }
    const taken = (cause: unknown) =>
      new ApiError('RESOURCE_ALREADY_EXISTS', `Scope ${name} already exists!`, { cause })
    await claimName(this.#db, taken, async (tx) => {
      await requireRoom(tx, owner)
      await tx.insertInto('secret_scopes').values(row).execute()
      const { scope_id: id, created_at } = row
      await enterSecurable(tx, { type: TYPE, id, name, owner: owner.id, created_at })
      if (!isManagedByAll) return
      const grants = privilegesOf('MANAGE').map((privilege) => ({
        ...({ principal_id: EVERYONE.id, securable_type: TYPE, securable_id: id, privilege } as const),
        ...{ granted_by: owner.name, granted_at: created_at },
      }))
      await tx.insertInto('grants').values(grants).execute()
    })
    noteAccessChange(this.#db)
  }

  /** @param idOrName ids take precedence. @throws RESOURCE_DOES_NOT_EXIST */
  async get(idOrName: string): Promise<SecretScopeRow> {
    const rows = await this.#db.read
      .selectFrom('secret_scopes')
      .selectAll()
      .where((eb) => eb.or([eb('scope_id', '=', idOrName), eb('name', '=', idOrName)]))
      .execute()
    const found = rows.find(({ scope_id }) => scope_id === idOrName) ?? rows[0]
    if (!found) throw noSuchScope(idOrName)
    return found
  }

  /** Lists scopes by name. @param allowed the scopes that the caller may see; undefined for all */
  list(allowed: AllowedObjects | undefined): Promise<SecretScopeRow[]> {
    return this.#db.read
      .selectFrom('secret_scopes')
      .selectAll()
      .$if(allowed !== undefined, (query) => query.where(allowed!.hasId('secret_scopes.scope_id')))
      .orderBy('name')
      .execute()
  }

  /** Deletes a scope with its secrets and grants. */
  async delete({ scope_id }: SecretScopeRow): Promise<void> {
    await this.#db.transaction(async (tx) => {
      await this.#db.dialect.lock(`secrets:${scope_id}`)?.execute(tx)
      await tx.deleteFrom('secrets').where('scope_id', '=', scope_id).execute()
      await tx.deleteFrom('secret_scopes').where('scope_id', '=', scope_id).execute()
      await removeSecurable(tx, TYPE, scope_id)
    })
    noteAccessChange(this.#db)
  }
}

/** @throws INVALID_STATE for too many scopes of the owner, or of all */
async function requireRoom(tx: Transaction<WorkspaceSchema>, { id, name }: Principal) {
  const ofType = tx
    .selectFrom('securables')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('type', '=', TYPE)
  const { count: owned } = await ofType.where('owner', '=', id).executeTakeFirstOrThrow()
  if (Number(owned) >= MAX_OWNED)
    throw new ApiError('INVALID_STATE', `'${name}' owns ${MAX_OWNED} scopes already: delete one of them.`)
  const { count } = await ofType.executeTakeFirstOrThrow()
  if (Number(count) >= MAX_SCOPES)
    throw new ApiError('INVALID_STATE', `There are ${MAX_SCOPES} scopes already: delete one of them.`)
}
