import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { SecurableChain } from '@cairn/platform/auth/decide'
import type { AppliedGrants, GrantChange, Grants } from '@cairn/platform/auth/grants'
import type { Identities } from '@cairn/platform/auth/identities'
import { EVERYONE, type Principal } from '@cairn/platform/auth/principal'
import type { Securables } from '@cairn/platform/auth/securables'
import { groupBy } from '@cairn/platform/collections/group-by'
import { invalid, missing } from '@cairn/platform/errors'
import type { AclItem, SecretPermission } from '@cairn/platform/protocol/databricks/secrets'
import type { SecretScopeRow } from '../schema.js'
import { permissionOf, privilegesOf, SCOPE_PRIVILEGES } from './permissions.js'
import { noSuchScope } from './scopes.js'

export interface AclParts {
  readonly authorizer: Authorizer
  readonly grants: Grants
  readonly identities: Identities
  readonly securables: Securables
}

/** Databricks' name of the group of all principals. */
export const ALL_USERS = 'users'

/** Permissions on scopes, stored as grants. The owner of a scope manages it. */
export class ScopeAcls {
  readonly #parts: AclParts

  constructor(parts: AclParts) {
    this.#parts = parts
  }

  /** Replaces the permission of a principal. The caller must hold the permission that it grants. */
  async put(
    scope: SecretScopeRow,
    name: string,
    permission: SecretPermission,
    by: Principal,
  ): Promise<AppliedGrants[]> {
    const { authorizer } = this.#parts
    const chain = await this.#chain(scope)
    const holder = await this.#holder(name)
    const add = privilegesOf(permission)
    await authorizer.requireGrantable(by, add, chain)
    const remove = SCOPE_PRIVILEGES.filter((one) => !add.includes(one))
    return this.#change(chain, { principal_id: holder.id, add, remove }, by)
  }

  /** @throws RESOURCE_DOES_NOT_EXIST for a principal without a permission */
  async get(scope: SecretScopeRow, name: string): Promise<AclItem> {
    const holder = await this.#holder(name)
    const found = (await this.#items(scope)).find(({ id }) => id === holder.id)
    if (!found) throw noSuchAcl(scope, name)
    return found.item
  }

  async list(scope: SecretScopeRow): Promise<AclItem[]> {
    return (await this.#items(scope)).map(({ item }) => item)
  }

  /** @throws RESOURCE_DOES_NOT_EXIST for a principal without a permission; INVALID_PARAMETER_VALUE for the owner */
  async delete(scope: SecretScopeRow, name: string, by: Principal): Promise<AppliedGrants[]> {
    const chain = await this.#chain(scope)
    const holder = await this.#holder(name)
    if (chain[0].owner === holder.id)
      throw invalid(`'${name}' owns scope ${scope.name}: give the scope to another principal first.`)
    const applied = await this.#change(
      chain,
      { principal_id: holder.id, add: [], remove: SCOPE_PRIVILEGES },
      by,
    )
    if (applied.length === 0) throw noSuchAcl(scope, name)
    return applied
  }

  #change(chain: SecurableChain, change: GrantChange, by: Principal): Promise<AppliedGrants[]> {
    return this.#parts.grants.change(chain[0], [change], by, { ownedAs: chain[0].owner })
  }

  #holder(name: string): Promise<Principal> {
    return this.#parts.identities.get(name === ALL_USERS ? EVERYONE.id : name)
  }

  async #chain({ scope_id, name }: SecretScopeRow): Promise<SecurableChain> {
    const { authorizer, securables } = this.#parts
    const row = await securables.find('secret_scope', scope_id)
    if (!row) throw noSuchScope(name) // deleted meanwhile
    return [{ type: 'secret_scope', id: scope_id, name, owner: row.owner }, ...authorizer.metastore]
  }

  /** Lists the permission of the owner first, then those of other principals by name. */
  async #items(scope: SecretScopeRow): Promise<{ readonly id: string; readonly item: AclItem }[]> {
    const { authorizer, grants } = this.#parts
    const [object] = await this.#chain(scope)
    const held = groupBy(await grants.onChain([object]), ({ principal_id }) => principal_id)
    const nameOf = await authorizer.names([object.owner, ...held.keys()])
    const owner = {
      id: object.owner,
      item: { principal: nameOf(object.owner), permission: 'MANAGE' } as const,
    }
    const others = [...held]
      .filter(([id]) => id !== object.owner)
      .flatMap(([id, own]) => {
        const permission = permissionOf(own.map(({ privilege }) => privilege))
        return permission ? [{ id, item: { principal: nameOf(id), permission } }] : []
      })
    return [owner, ...others]
  }
}

const noSuchAcl = ({ name }: SecretScopeRow, principal: string) =>
  missing(`Principal ${principal} has no permission on scope ${name}.`)
