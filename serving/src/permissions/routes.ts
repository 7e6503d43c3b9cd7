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

const PRIVILEGE_OF = {
  CAN_VIEW: 'VIEW ENDPOINT',
  CAN_QUERY: 'QUERY ENDPOINT',
  CAN_MANAGE: 'MANAGE',
} as const satisfies Record<string, Privilege>
const DESCRIPTION_OF: Readonly<Record<AccessControl['permission_level'], string>> = {
  CAN_VIEW: 'Can see the state and the history of the endpoint',
  CAN_QUERY: 'Can query the endpoint',
  CAN_MANAGE: 'Can query, update and delete the endpoint, and grant permissions on it',
}
const LEVELS = Object.entries(PRIVILEGE_OF) as [AccessControl['permission_level'], Privilege][]

/** The field of an access control entry for each type of principal. */
const FIELD_OF = {
  user: 'user_name',
  group: 'group_name',
  service_principal: 'service_principal_name',
} as const

interface Options {
  readonly access: EndpointAccess
  readonly grants: Grants
  readonly identities: Identities
}

/** Databricks' permission levels on an endpoint, stored as grants. */
export const permissionRoutes: FastifyPluginAsync<Options> = async (app, { access, grants, identities }) => {
  const describe = async (row: EndpointRow) => {
    const rows = (await grants.onChain(endpointChain(row))).filter((grant) => grant.securable_id === row.id)
    const access = await Promise.all(
      rows.map(async ({ principal_id, privilege }) => {
        const level = LEVELS.find(([, granted]) => granted === privilege)?.[0]
        const principal = await identities.find(principal_id)
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
const levelChange = (principal_id: string, { permission_level }: AccessControl): GrantChange => ({
  principal_id,
  add: [PRIVILEGE_OF[permission_level]],
  remove: LEVELS.flatMap(([level, privilege]) => (level === permission_level ? [] : [privilege])),
})
