import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { Principal } from '@cairn/platform/auth/principal'
import type { Privilege } from '@cairn/platform/protocol/privileges'
import type { EndpointRow } from '../schema.js'

/** Databricks' permission levels above the lowest, the highest first. */
const LEVELS = [
  ['CAN_MANAGE', 'MANAGE'],
  ['CAN_QUERY', 'QUERY ENDPOINT'],
] as const satisfies readonly (readonly [string, Privilege])[]

export type PermissionLevel = (typeof LEVELS)[number][0] | 'CAN_VIEW'

/** The highest level of a principal on each of the endpoints, which it may see. */
export async function permissionLevels(
  { objects }: Authorizer,
  principal: Principal,
  rows: readonly EndpointRow[],
): Promise<PermissionLevel[]> {
  const ids = rows.map(({ id }) => id)
  const held = await Promise.all(
    LEVELS.map(async ([, privilege]) => {
      const allowed = await objects.allowedObjects(principal, [privilege], 'serving_endpoint')
      return allowed ? allowed.among(ids) : new Set(ids)
    }),
  )
  return ids.map((id) => LEVELS.find((_, level) => held[level]!.has(id))?.[0] ?? 'CAN_VIEW')
}
