import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { Principal } from '@cairn/platform/auth/principal'
import type { Privilege } from '@cairn/platform/protocol/privileges'
import { endpointChain } from '../endpoint-chain.js'
import type { EndpointRow } from '../schema.js'

/** Databricks' permission levels, the highest first. */
const LEVELS = [
  ['CAN_MANAGE', 'MANAGE'],
  ['CAN_QUERY', 'QUERY ENDPOINT'],
  ['CAN_VIEW', 'VIEW ENDPOINT'],
] as const satisfies readonly (readonly [string, Privilege])[]

/** Any of these lets a principal see an endpoint. */
export const READ_ENDPOINT = [
  'VIEW ENDPOINT',
  'QUERY ENDPOINT',
  'MANAGE',
] as const satisfies readonly Privilege[]

export type PermissionLevel = (typeof LEVELS)[number][0]

/** The highest level of a principal on each endpoint; undefined on those that it may not see. */
export async function permissionLevels(
  authorizer: Authorizer,
  principal: Principal,
  rows: readonly EndpointRow[],
): Promise<(PermissionLevel | undefined)[]> {
  const chains = rows.map(endpointChain)
  const decisions = await Promise.all(
    LEVELS.map(([, privilege]) => authorizer.decideAll(principal, privilege, chains)),
  )
  return rows.map((_, row) => LEVELS[decisions.findIndex((ofLevel) => ofLevel[row]!.allowed)]?.[0])
}
