import { groupBy } from '@cairn/platform/collections/group-by'
import type { ForeignRow } from '../../database/foreign-sqlite.js'
import type { AuthDatabase } from './auth-database.js'

export interface SourcePermission {
  readonly resource_type: string
  /** The id of an experiment in the source, the name of a registered model, or `*`. */
  readonly resource_id: string
  readonly permission: string
}
export interface SourceUser {
  readonly name: string
  readonly password_hash: string
  readonly is_admin: boolean
  readonly permissions: readonly SourcePermission[]
}
export interface SourceRole {
  readonly name: string
  readonly description?: string
  readonly users: readonly string[]
  readonly permissions: readonly SourcePermission[]
}
export interface SourcePeople {
  readonly users: readonly SourceUser[]
  readonly roles: readonly SourceRole[]
  /** One sentence for each part that has no place here. */
  readonly leftOut: readonly string[]
}

/** The role of 3.17 that holds the permissions of a single user. */
const OWN_ROLE = /^__user_(\d+)__$/
/** Until 3.16, each kind of permission had a table: its type and the column that names the object. */
const TABLES = {
  experiment_permissions: ['experiment', 'experiment_id'],
  registered_model_permissions: ['registered_model', 'name'],
  scorer_permissions: ['scorer', 'scorer_name'],
  gateway_secret_permissions: ['gateway_secret', 'secret_id'],
  gateway_endpoint_permissions: ['gateway_endpoint', 'endpoint_id'],
  gateway_model_definition_permissions: ['gateway_model_definition', 'model_definition_id'],
} as const
const MIGRATED = ['experiment', 'registered_model', 'prompt']

/** A permission of a user or role before what has no place here is left out. */
interface HeldSourcePermission extends SourcePermission {
  readonly holder: string
  readonly workspace: string
}

/** Reads the users, roles and permissions of any release. A database of 3.17 keeps outdated tables of earlier releases. */
export async function readPeople(database: AuthDatabase): Promise<SourcePeople> {
  const users = await database.rows('users')
  const nameOf = new Map(users.map(({ id, username }) => [String(id), String(username)]))
  const hasRoles = await database.has('role_permissions')
  const roles = hasRoles ? await database.rows('roles') : []
  const held = hasRoles ? await heldByRoles(database, roles) : await heldByUsers(database)
  const { kept, leftOut } = divided(held, (holder) => nameOf.get(holder) ?? holder)
  const assignments = groupBy(await database.rows('user_role_assignments'), ({ role_id }) => String(role_id))
  const shared = roles.filter(
    ({ name, workspace }) => workspace === 'default' && !OWN_ROLE.test(String(name)),
  )
  return {
    users: users.map(({ id, username, password_hash, is_admin }) => ({
      ...{ name: String(username), password_hash: String(password_hash) },
      is_admin: Boolean(is_admin),
      permissions: kept.get(String(id)) ?? [],
    })),
    roles: shared.map(({ id, name, description }) => ({
      name: String(name),
      ...(description && { description: String(description) }),
      users: (assignments.get(String(id)) ?? []).map(
        ({ user_id }) => nameOf.get(String(user_id)) ?? String(user_id),
      ),
      permissions: kept.get(`role ${id}`) ?? [],
    })),
    leftOut,
  }
}

async function heldByUsers(database: AuthDatabase): Promise<HeldSourcePermission[]> {
  const all: HeldSourcePermission[] = []
  for (const [table, [resource_type, column]] of Object.entries(TABLES))
    for (const row of await database.rows(table))
      all.push({
        ...{ holder: String(row.user_id), workspace: String(row.workspace ?? 'default'), resource_type },
        ...{ resource_id: String(row[column]), permission: String(row.permission) },
      })
  return all
}

async function heldByRoles(
  database: AuthDatabase,
  roles: readonly ForeignRow[],
): Promise<HeldSourcePermission[]> {
  const byId = new Map(roles.map((role) => [role.id, role]))
  return (await database.rows('role_permissions')).flatMap((row) => {
    const role = byId.get(row.role_id!)
    if (!role) return []
    const user = OWN_ROLE.exec(String(role.name))?.[1]
    const { resource_type, resource_pattern, permission } = row
    return {
      ...{ holder: user ?? `role ${role.id}`, workspace: String(role.workspace) },
      ...{ resource_type: String(resource_type), resource_id: String(resource_pattern) },
      permission: String(permission),
    }
  })
}

function divided(held: readonly HeldSourcePermission[], nameOf: (holder: string) => string) {
  const isKept = ({ workspace, resource_type }: HeldSourcePermission) =>
    workspace === 'default' && MIGRATED.includes(resource_type)
  const kept = groupBy(held.filter(isKept), ({ holder }) => holder)
  const leftOut = held
    .filter((one) => !isKept(one))
    .map(({ holder, workspace, resource_type, resource_id, permission }) => {
      const where = workspace === 'default' ? '' : ` of the workspace '${workspace}'`
      return `${permission} of '${nameOf(holder)}' on ${resource_type} '${resource_id}'${where}: this server has no such objects.`
    })
  const bare = (one: HeldSourcePermission): SourcePermission => {
    const { resource_type, resource_id, permission } = one
    return { resource_type, resource_id, permission }
  }
  return { kept: new Map([...kept].map(([holder, all]) => [holder, all.map(bare)])), leftOut }
}
