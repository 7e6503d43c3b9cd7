import type { GrantChange } from '@cairn/platform/auth/grants'
import { levelChange, privilegesOf } from '@cairn/platform/auth/permission-levels'
import { invalid, invalidParameter } from '@cairn/platform/errors'
import type { Privilege } from '@cairn/platform/protocol/privileges'

/** MLflow's name of the only workspace. */
export const WORKSPACE = 'default'

/** The kinds of objects on which MLflow's permissions are held here. */
export type MlflowObjectType = 'experiment' | 'registered_model'

/** The nouns of privileges on these objects, such as `READ EXPERIMENTS`. */
export const PRIVILEGE_NOUNS = { experiment: 'EXPERIMENTS', registered_model: 'MODELS' } as const

/** MLflow's permissions, lowest first, with their levels in Databricks' permissions API. USE equals READ here. */
const LEVELS = { READ: 'CAN_READ', USE: 'CAN_READ', EDIT: 'CAN_EDIT', MANAGE: 'CAN_MANAGE' } as const
type Level = keyof typeof LEVELS

const isLevel = (name: string): name is Level => Object.hasOwn(LEVELS, name)

/** `NO_PERMISSIONS` in the API of 3.11, `DENY` in that of 3.17. */
export type Denial = 'NO_PERMISSIONS' | 'DENY'

/** Returns the privileges that an MLflow permission grants. @throws INVALID_PARAMETER_VALUE for an unknown permission */
export function privilegesOfLevel(type: MlflowObjectType, level: string): readonly Privilege[] {
  if (level === 'NO_PERMISSIONS') return []
  return permissionChange(type, '', level, 'NO_PERMISSIONS').add
}

/** Returns the change that replaces the permission of a principal on an object. @throws INVALID_PARAMETER_VALUE if it is unknown */
export function permissionChange(
  type: MlflowObjectType,
  principal_id: string,
  level: string,
  denial: Denial,
): GrantChange {
  const all = [...privilegesOf(type), 'ALL PRIVILEGES'] as const
  if (level === denial) return { principal_id, add: ['DENY'], remove: all }
  if (!isLevel(level))
    throw invalid(
      `Invalid permission '${level.slice(0, 100)}'. Valid permissions are: (${[...Object.keys(LEVELS), denial].map((one) => `'${one}'`).join(', ')})`,
    )
  const { add } = levelChange(type, principal_id, LEVELS[level])
  return { principal_id, add, remove: [...all, 'DENY' as const].filter((one) => !add.includes(one)) }
}

/** Returns the change that revokes every grant of a principal on an object. */
export const removalOf = (type: MlflowObjectType, principal_id: string): GrantChange => ({
  principal_id,
  add: [],
  remove: [...privilegesOf(type), 'ALL PRIVILEGES', 'DENY'],
})

/** Returns the MLflow permission that equals the grants of a principal on an object; undefined without grants. */
export function permissionOf(held: readonly Privilege[], denial: Denial): string | undefined {
  if (held.length === 0) return undefined
  if (held.includes('DENY')) return denial
  if (held.includes('MANAGE')) return 'MANAGE'
  return held.some((one) => one.startsWith('EDIT ') || one === 'ALL PRIVILEGES') ? 'EDIT' : 'READ'
}

/** The type here by the type in MLflow's API: a prompt is a registered model. */
const TYPES: Readonly<Record<string, MlflowObjectType>> = {
  experiment: 'experiment',
  registered_model: 'registered_model',
  prompt: 'registered_model',
}

/** @throws INVALID_PARAMETER_VALUE for a type that has no permissions here */
export function objectTypeOf(resource_type: string): MlflowObjectType {
  if (Object.hasOwn(TYPES, resource_type)) return TYPES[resource_type]!
  throw invalidParameter(
    `'resource_type': this server has no permissions on '${resource_type.slice(0, 100)}'; supported: ${Object.keys(TYPES).join(', ')}.`,
  )
}

/** Default passwords of administrators from MLflow's documentation, which are not secret. */
export const PUBLISHED_PASSWORDS: readonly string[] = ['password1234', 'password']
