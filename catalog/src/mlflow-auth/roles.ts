import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { Identities } from '@cairn/platform/auth/identities'
import type { Principal } from '@cairn/platform/auth/principal'
import type { AuthSchema, PrincipalRow } from '@cairn/platform/auth/schema'
import { groupBy } from '@cairn/platform/collections/group-by'
import type { Db } from '@cairn/platform/db/db'
import { invalid, missing } from '@cairn/platform/errors'
import { visibleIds } from '../identities/visible-ids.js'
import type { HeldPermission, HeldPermissions } from './held-permissions.js'
import { type MlflowObjectType, WORKSPACE } from './levels.js'
import type { MlflowIds } from './mlflow-ids.js'

interface Options {
  readonly db: Db<AuthSchema>
  readonly authorizer: Authorizer
  readonly identities: Identities
  readonly ids: MlflowIds
  readonly held: HeldPermissions
}

const BATCH = 1_000

/** Identifies a role permission, to which MLflow gives a number. */
export interface RolePermissionKey {
  readonly group: string
  readonly type: MlflowObjectType
  readonly object: string
}

/** Reads MLflow's roles: a role is a group, and its permissions are the grants to the group. */
export class Roles {
  readonly #options: Options

  constructor(options: Options) {
    this.#options = options
  }

  /** @throws INVALID_PARAMETER_VALUE for a workspace that does not exist */
  checkWorkspace(workspace: string): void {
    if (workspace !== WORKSPACE)
      throw invalid(`'workspace': this server has no workspaces but '${WORKSPACE}'.`)
  }

  /** Returns the group of a role that the viewer may see. @throws RESOURCE_DOES_NOT_EXIST in MLflow's words */
  async get(roleId: number, viewer: Principal): Promise<PrincipalRow> {
    const { identities, ids } = this.#options
    const key = await ids.keyOf(roleId)
    const group = key === undefined ? undefined : await identities.find(key)
    const visible = await visibleIds(this.#options.authorizer, viewer)
    if (group?.type !== 'group' || group.id !== key || (visible && !visible.has(group.id)))
      throw missing(`Role with id=${roleId} not found`)
    return group
  }

  /** All groups that the viewer may see. */
  async list(viewer: Principal): Promise<PrincipalRow[]> {
    const visible = await visibleIds(this.#options.authorizer, viewer)
    const { rows } = await this.#options.identities.list('group', visible ? { ids: [...visible] } : {})
    return rows
  }

  /** Describes groups with the permissions that the viewer may see. */
  async describe(groups: readonly PrincipalRow[], viewer: Principal) {
    const { ids, held } = this.#options
    const permissions = await held.of(
      groups.map(({ id }) => id),
      viewer,
    )
    const keys = [...permissions.values()].flat().map(keyOf)
    const idOf = await ids.ofAll([...groups.map(({ id }) => id), ...keys])
    return groups.map(({ id, name, display_name }) => ({
      ...{ id: idOf(id), name, workspace: WORKSPACE },
      description: display_name === name ? null : display_name,
      permissions: (permissions.get(id) ?? []).map((one) => rolePermission(one, idOf)),
    }))
  }

  /** Returns the roles of each user: the groups of which it is a direct member and that the viewer may see. */
  async ofUsers(users: readonly { readonly id: string }[], viewer: Principal) {
    const memberships = await this.#membershipsOf(users.map(({ id }) => id))
    const visible = await visibleIds(this.#options.authorizer, viewer)
    const ids = memberships.map(({ group_id }) => group_id).filter((id) => visible?.has(id) ?? true)
    const { rows: groups } = await this.#options.identities.list('group', { ids: [...new Set(ids)] })
    const described = await this.describe(groups, viewer)
    const byId = new Map(groups.map(({ id }, at) => [id, described[at]!]))
    const byUser = groupBy(
      memberships.filter(({ group_id }) => byId.has(group_id)),
      ({ member_id }) => member_id,
    )
    return (userId: string) => (byUser.get(userId) ?? []).map(({ group_id }) => byId.get(group_id)!)
  }

  async #membershipsOf(userIds: readonly string[]) {
    const found: { group_id: string; member_id: string }[] = []
    for (let start = 0; start < userIds.length; start += BATCH)
      found.push(
        ...(await this.#options.db.read
          .selectFrom('group_members')
          .selectAll()
          .where('member_id', 'in', userIds.slice(start, start + BATCH))
          .orderBy('group_id')
          .execute()),
      )
    return found
  }

  async permissionKey(rolePermissionId: number): Promise<RolePermissionKey> {
    const key = await this.#options.ids.keyOf(rolePermissionId)
    const [group, type, object] = key?.split('\n') ?? []
    if (!object) throw noSuchPermission(rolePermissionId)
    return { group: group!, type: type as MlflowObjectType, object }
  }
}

export const noSuchPermission = (id: number) => missing(`Role permission with id=${id} not found`)

/** The key of a role permission. Ids contain no line breaks. */
export const keyOf = ({ principal_id, resource_type, object_id }: HeldPermission) =>
  [principal_id, resource_type, object_id].join('\n')

export const rolePermission = (one: HeldPermission, idOf: (key: string) => number) => ({
  id: idOf(keyOf(one)),
  role_id: idOf(one.principal_id),
  resource_type: one.resource_type,
  resource_pattern: one.resource_pattern,
  permission: one.permission,
})
