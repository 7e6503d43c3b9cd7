import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { GrantChange, Grants } from '@cairn/platform/auth/grants'
import type { Identities } from '@cairn/platform/auth/identities'
import { invalid } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import type { Privilege } from '@cairn/platform/protocol/privileges'
import {
  type AccessControl,
  GetEndpointPermissionLevels,
  GetEndpointPermissions,
  SetEndpointPermissions,
  UpdateEndpointPermissions,
} from '@cairn/platform/protocol/serving-endpoints'
import type { FastifyPluginAsync } from 'fastify'
import { endpointChain } from '../endpoint-chain.js'
import type { EndpointAccess } from '../endpoints/access.js'
import type { EndpointRow } from '../schema.js'

/** The last privilege tells the level. Managers hold what they may grant. */
const PRIVILEGES_OF = {
  CAN_VIEW: ['VIEW ENDPOINT'],
  CAN_QUERY: ['QUERY ENDPOINT'],
  CAN_MANAGE: ['VIEW ENDPOINT', 'QUERY ENDPOINT', 'MANAGE'],
} as const satisfies Record<string, readonly Privilege[]>
const DESCRIPTION_OF: Readonly<Record<AccessControl['permission_level'], string>> = {
  CAN_VIEW: 'Can see the state and the history of the endpoint',
  CAN_QUERY: 'Can query the endpoint',
  CAN_MANAGE: 'Can query, update and delete the endpoint, and grant permissions on it',
}
/** The lowest first. */
const LEVELS = Object.entries(PRIVILEGES_OF) as [AccessControl['permission_level'], readonly Privilege[]][]

/** The field of an access control entry for each type of principal. */
const FIELD_OF = {
  user: 'user_name',
  group: 'group_name',
  service_principal: 'service_principal_name',
} as const

interface Options {
  readonly access: EndpointAccess
  readonly authorizer: Authorizer
  readonly grants: Grants
  readonly identities: Identities
}

/** Databricks' permission levels on an endpoint, stored as grants. */
export const permissionRoutes: FastifyPluginAsync<Options> = async (
  app,
  { access, authorizer, grants, identities },
) => {
  const describe = async (row: EndpointRow) => {
    const rows = (await grants.onChain(endpointChain(row))).filter((grant) => grant.securable_id === row.id)
    const holders = [...new Set(rows.map(({ principal_id }) => principal_id))]
    const access = await Promise.all(
      holders.map(async (holder) => {
        const held = rows.filter((grant) => grant.principal_id === holder).map(({ privilege }) => privilege)
        const level = LEVELS.findLast(([, privileges]) => held.includes(privileges.at(-1)!))?.[0]
        const principal = await identities.find(holder)
        if (!level || !principal) return []
        return [
          {
            [FIELD_OF[principal.type]]: principal.name,
            all_permissions: [{ permission_level: level, inherited: false }],
          },
        ]
      }),
    )
    return {
      object_id: `/serving-endpoints/${row.id}`,
      object_type: 'serving-endpoint',
      access_control_list: access.flat(),
    }
  }

  const principalOf = async (entry: AccessControl) => {
    const [field, ...others] = Object.values(FIELD_OF).filter((name) => entry[name])
    if (!field || others.length > 0)
      throw invalid(
        "Each entry of 'access_control_list' must have one of user_name, group_name and service_principal_name.",
      )
    const { id, type, name } = await identities.get(entry[field]!)
    if (FIELD_OF[type] !== field)
      throw invalid(
        `'${name}' is a ${type.replace('_', ' ')}: name it in '${FIELD_OF[type]}', not in '${field}'.`,
      )
    return id
  }

  handle(app, GetEndpointPermissions, async ({ id }, request) => {
    return describe(await access.require(request, ['VIEW ENDPOINT', 'MANAGE'], id))
  })
  handle(app, GetEndpointPermissionLevels, async ({ id }, request) => {
    await access.require(request, ['VIEW ENDPOINT', 'MANAGE'], id)
    return {
      permission_levels: LEVELS.map(([permission_level]) => ({
        permission_level,
        description: DESCRIPTION_OF[permission_level],
      })),
    }
  })
  for (const op of [UpdateEndpointPermissions, SetEndpointPermissions] as const)
    handle(app, op, async ({ id, access_control_list = [] }, request) => {
      const row = await access.require(request, 'MANAGE', id)
      const chain = endpointChain(row)
      const adds = await Promise.all(
        access_control_list.map(async (entry) => levelChange(await principalOf(entry), entry)),
      )
      const added = adds.flatMap(({ add }) => add)
      await authorizer.requireGrantable(request.principal, added, chain)
      const present =
        op.method === 'PUT'
          ? (await grants.onChain(chain)).filter((grant) => grant.securable_id === row.id)
          : []
      const removes = present.map(({ principal_id, privilege }) => ({
        principal_id,
        add: [],
        remove: [privilege],
      }))
      await grants.change(chain[0], [...removes, ...adds], request.principal)
      return describe(row)
    })
}

/** A principal has one level on an endpoint: another replaces it. */
function levelChange(principal_id: string, { permission_level }: AccessControl): GrantChange {
  const add: readonly Privilege[] = PRIVILEGES_OF[permission_level]
  const remove = PRIVILEGES_OF.CAN_MANAGE.filter((privilege) => !add.includes(privilege))
  return { principal_id, add: [...add], remove }
}
