import type { Db, Transaction } from '../db/db.js'
import { invalid } from '../errors.js'
import { grantableOn, type Privilege } from '../protocol/privileges.js'
import { noteAccessChange } from './access-cache.js'
import type { Grant, Securable, SecurableChain } from './decide.js'
import type { Principal } from './principal.js'
import type { AuthSchema, GrantRow } from './schema.js'
import { replaceOwner } from './securables.js'

export interface GrantChange {
  readonly principal_id: string
  readonly add: readonly Privilege[]
  readonly remove: readonly Privilege[]
}

const NO_FUNCTIONS =
  'this server has no functions. Grant READ MODELS on a registered model, or QUERY ENDPOINT on a serving endpoint'
/** The advice for privileges that mean something else in Unity Catalog. */
const INSTEAD: Partial<Record<Privilege, string>> = {
  'CREATE FUNCTION': NO_FUNCTIONS,
  EXECUTE: NO_FUNCTIONS,
  'CREATE MODEL': 'models are not in catalogs. Grant it on the metastore',
}

interface ChangeOptions {
  /** Refuses the changes if the owner has changed meanwhile. */
  readonly ownedAs?: string
  /** When the added grants expire, in milliseconds since the epoch. A grant that lasts longer is not shortened. */
  readonly expiresAt?: number
  /** Runs in the same transaction. */
  readonly also?: (tx: Transaction<AuthSchema>) => Promise<void>
}

/** The added and removed privileges of a principal. */
export interface AppliedGrants {
  readonly principal_id: string
  readonly added: readonly Privilege[]
  readonly removed: readonly Privilege[]
}

/** Sums up changes. A later change may undo an earlier one. */
class GrantDifference {
  readonly #changes = new Map<string, Map<Privilege, number>>()

  note(principalId: string, privilege: Privilege, by: 1 | -1) {
    const own = this.#changes.get(principalId) ?? new Map<Privilege, number>()
    this.#changes.set(principalId, own.set(privilege, (own.get(privilege) ?? 0) + by))
  }

  list(): AppliedGrants[] {
    return [...this.#changes]
      .map(([principal_id, own]) => ({
        principal_id,
        added: [...own].filter(([, by]) => by > 0).map(([privilege]) => privilege),
        removed: [...own].filter(([, by]) => by < 0).map(([privilege]) => privilege),
      }))
      .filter(({ added, removed }) => added.length + removed.length > 0)
  }
}

/** Store of grants by the ids of securables. */
export class Grants {
  readonly #db: Db<AuthSchema>
  readonly #now: () => number

  constructor(db: Db<AuthSchema>, now: () => number = Date.now) {
    this.#db = db
    this.#now = now
  }

  /**
   * Applies all changes or none.
   *
   * @returns the differences
   * @throws INVALID_PARAMETER_VALUE for a privilege that the type of securable does not have; RESOURCE_CONFLICT
   */
  async change(
    securable: Securable,
    changes: readonly GrantChange[],
    by: Principal,
    { ownedAs, expiresAt, also }: ChangeOptions = {},
  ): Promise<AppliedGrants[]> {
    for (const privilege of changes.flatMap((change) => change.add))
      if (!grantableOn(privilege, securable.type))
        throw invalid(
          `${privilege} cannot be granted on a ${securable.type}${INSTEAD[privilege] ? `: ${INSTEAD[privilege]}` : ''}.`,
        )
    const applied = await this.#db.transaction(async (tx) => {
      if (ownedAs !== undefined) await replaceOwner(tx, { ...securable, owner: ownedAs }, ownedAs)
      const difference = await this.#apply(tx, securable, changes, { by, expiresAt })
      await also?.(tx)
      return difference.list()
    })
    noteAccessChange(this.#db)
    return applied
  }

  async #apply(
    tx: Transaction<AuthSchema>,
    securable: Securable,
    changes: readonly GrantChange[],
    given: { readonly by: Principal; readonly expiresAt: number | undefined },
  ): Promise<GrantDifference> {
    const difference = new GrantDifference()
    /** The ends of removed grants. A grant that is removed and added again is not prolonged. */
    const ends = new Map<string, number | null>()
    const keyOf = (principalId: string, privilege: Privilege) => `${principalId} ${privilege}`
    for (const { principal_id, add, remove } of changes) {
      for (const { privilege, expires_at } of await removeGrants(tx, securable, principal_id, remove)) {
        difference.note(principal_id, privilege, -1)
        ends.set(keyOf(principal_id, privilege), expires_at)
      }
      const rows = add.map((privilege) => ({
        principal_id,
        securable_type: securable.type,
        securable_id: securable.id,
        privilege,
        granted_by: given.by.name,
        granted_at: this.#now(),
        expires_at: given.expiresAt ?? ends.get(keyOf(principal_id, privilege)) ?? null,
      }))
      for (const privilege of await addGrants(tx, rows)) difference.note(principal_id, privilege, 1)
    }
    return difference
  }

  /** Returns the grants on all securables of a chain with the names of principals, to explain effective permissions. */
  onChain(chain: SecurableChain): Promise<NamedGrant[]> {
    return this.#db.read
      .selectFrom('grants')
      .innerJoin('principals', 'principals.id', 'grants.principal_id')
      .select([
        'grants.principal_id',
        'grants.securable_type',
        'grants.securable_id',
        'grants.privilege',
        'grants.expires_at',
        'principals.name as principal',
      ])
      .where((eb) =>
        eb.or(
          chain.map(({ type, id }) => eb.and([eb('securable_type', '=', type), eb('securable_id', '=', id)])),
        ),
      )
      .orderBy('principals.name')
      .orderBy('grants.privilege')
      .execute()
  }
}

async function removeGrants(
  tx: Transaction<AuthSchema>,
  { type, id }: Securable,
  principalId: string,
  privileges: readonly Privilege[],
) {
  if (privileges.length === 0) return []
  return tx
    .deleteFrom('grants')
    .where('securable_type', '=', type)
    .where('securable_id', '=', id)
    .where('principal_id', '=', principalId)
    .where('privilege', 'in', privileges)
    .returning(['privilege', 'expires_at'])
    .execute()
}

/** Adds grants. @returns the privileges that are new, or are held for longer now */
async function addGrants(tx: Transaction<AuthSchema>, rows: readonly GrantRow[]): Promise<Privilege[]> {
  if (rows.length === 0) return []
  const added = await tx
    .insertInto('grants')
    .values(rows)
    .onConflict((on) =>
      on
        .columns(['principal_id', 'securable_type', 'securable_id', 'privilege'])
        .doUpdateSet((eb) => ({ expires_at: eb.ref('excluded.expires_at') }))
        .where('grants.expires_at', 'is not', null)
        .where((eb) =>
          eb.or([
            eb('excluded.expires_at', 'is', null),
            eb('excluded.expires_at', '>', eb.ref('grants.expires_at')),
          ]),
        ),
    )
    .returning('privilege')
    .execute()
  return added.map(({ privilege }) => privilege)
}

export interface NamedGrant extends Grant {
  readonly principal: string
}
