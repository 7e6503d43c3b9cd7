import { noteGrants } from '@cairn/platform/audit/note-grants'
import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { Securable, SecurableChain } from '@cairn/platform/auth/decide'
import type { GrantChange, Grants } from '@cairn/platform/auth/grants'
import type { Principal } from '@cairn/platform/auth/principal'
import { ApiError, invalid } from '@cairn/platform/errors'
import type { FastifyRequest } from 'fastify'
import type { Objects } from '../securables/objects.js'
import { type HeldPermissions, privilegesEverywhere } from './held-permissions.js'
import { type Denial, type MlflowObjectType, permissionChange, permissionOf, removalOf } from './levels.js'

interface Options {
  readonly authorizer: Authorizer
  readonly grants: Grants
  readonly objects: Objects
  readonly held: HeldPermissions
}

/** An experiment or registered model whose permissions the caller manages, or all of a type. */
export interface ManagedResource {
  readonly type: MlflowObjectType
  /** The metastore for all of a type. */
  readonly chain: SecurableChain
  readonly isEverything: boolean
}

/** Grants and revokes MLflow's permissions. A principal with MANAGE on an object may grant the privileges that it holds. */
export class PermissionChanges {
  readonly #options: Options

  constructor(options: Options) {
    this.#options = options
  }

  /**
   * @param pattern the id of an experiment, the name of a registered model, or `*` for all of the type
   * @throws RESOURCE_DOES_NOT_EXIST, also for an object that is hidden from the caller; PERMISSION_DENIED
   */
  async managed(request: FastifyRequest, type: MlflowObjectType, pattern: string): Promise<ManagedResource> {
    const { authorizer, objects } = this.#options
    if (pattern !== '*')
      return { type, chain: await objects.require(request, 'MANAGE', type, pattern), isEverything: false }
    await request.authorize('MANAGE', authorizer.metastore)
    return { type, chain: authorizer.metastore, isEverything: true }
  }

  /** Returns the permission that is granted directly to the principal; MANAGE for the owner. */
  async find(resource: ManagedResource, holder: Principal, denial: Denial): Promise<string | undefined> {
    const { held } = this.#options
    const { type, chain, isEverything } = resource
    if (isEverything) {
      const rows = (await held.of([holder.id], holder)).get(holder.id) ?? []
      return rows.find((row) => row.object_id === '*' && row.resource_type === type)?.permission
    }
    if (chain[0].owner === holder.id) return 'MANAGE'
    return permissionOf(await held.on(type, chain[0].id, holder.id), denial)
  }

  /** @throws INVALID_PARAMETER_VALUE for an unknown permission, INVALID_STATE for the owner; PERMISSION_DENIED */
  async set(
    resource: ManagedResource,
    holder: Principal,
    level: string,
    { request, denial }: { readonly request: FastifyRequest; readonly denial: Denial },
  ): Promise<void> {
    const { authorizer } = this.#options
    const { type, chain, isEverything } = resource
    if (isEverything) return this.#setEverywhere(type, holder, level, request)
    const change = permissionChange(type, holder.id, level, denial)
    if (chain[0].owner === holder.id) {
      if (level === 'MANAGE') return
      throw ownerKeepsAll(chain, holder)
    }
    await authorizer.requireGrantable(request.principal, change.add, chain)
    await this.#apply(chain[0], change, request)
  }

  /** @throws INVALID_STATE for the owner */
  async remove(resource: ManagedResource, holder: Principal, request: FastifyRequest): Promise<void> {
    const { type, chain, isEverything } = resource
    if (!isEverything && chain[0].owner === holder.id) throw ownerKeepsAll(chain, holder)
    const remove = privilegesEverywhere(type, 'EDIT')!
    const change = isEverything ? { principal_id: holder.id, add: [], remove } : removalOf(type, holder.id)
    await this.#apply(chain[0], change, request)
  }

  async #setEverywhere(type: MlflowObjectType, holder: Principal, level: string, request: FastifyRequest) {
    const { authorizer } = this.#options
    const add = privilegesEverywhere(type, level)
    if (!add)
      throw invalid(
        `'permission': ${level.slice(0, 100)} cannot be granted on all objects of a type; supported: READ, USE, EDIT.`,
      )
    const remove = privilegesEverywhere(type, 'EDIT')!.filter((one) => !add.includes(one))
    await authorizer.requireGrantable(request.principal, add, authorizer.metastore)
    await this.#apply(authorizer.metastore[0], { principal_id: holder.id, add, remove }, request)
  }

  /** Applies a change and records it. The event of an import is about a principal, so its changes name the objects. */
  async #apply(securable: Securable, change: GrantChange, request: FastifyRequest) {
    const { authorizer, grants } = this.#options
    const applied = await grants.change(securable, [change], request.principal, {
      ...(securable.type !== 'metastore' && { ownedAs: securable.owner }),
    })
    await noteGrants(request, authorizer, applied, request.trail?.subject && securable)
  }
}

const ownerKeepsAll = ([{ type, name }]: SecurableChain, holder: Principal) =>
  new ApiError(
    'INVALID_STATE',
    `'${holder.name}' owns ${type.replace('_', ' ')} '${name}' and keeps all rights on it: name another owner first.`,
  )
