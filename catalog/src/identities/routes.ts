import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { Identities } from '@cairn/platform/auth/identities'
import type { Principal, PrincipalType } from '@cairn/platform/auth/principal'
import type { PrincipalRow } from '@cairn/platform/auth/schema'
import type { Db } from '@cairn/platform/db/db'
import { ApiError, invalid, missing } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import {
  GetDatabricksConfig,
  Groups,
  Me,
  ServicePrincipals,
  UnityMe,
  UnityUsers,
  Users,
} from '@cairn/platform/protocol/identities'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import type { CatalogSchema } from '../schema.js'
import { requireAuthorityOver } from './authority.js'
import { ownedSecurables } from './owned.js'
import {
  changeOf,
  changeOfPatch,
  LIST_RESPONSE,
  namesOf,
  parseFilter,
  SCIM_ERROR,
  SCIM_TYPES,
  type ScimChange,
  scimResource,
} from './scim.js'

interface Options {
  readonly db: Db<CatalogSchema>
  readonly authorizer: Authorizer
  readonly identities: Identities
}

export const identityRoutes: FastifyPluginAsync<Options> = async (app, options) => {
  const { identities } = options
  scimErrors(app)
  scimRoutes(app, options, 'user', Users)
  scimRoutes(app, options, 'user', UnityUsers)
  scimRoutes(app, options, 'group', Groups)
  scimRoutes(app, options, 'service_principal', ServicePrincipals)
  for (const op of [Me, UnityMe])
    handle(app, op, async (_input, { principal }) => {
      const row = await identities.get(principal.id)
      const groups = await identities.groupsOf(principal.id)
      return { ...scimResource(row, { groups }), userName: row.name }
    })
  handle(app, GetDatabricksConfig, async () => ({}))
}

function scimRoutes(
  app: FastifyInstance,
  { db, authorizer, identities }: Options,
  type: PrincipalType,
  ops: typeof Users,
) {
  handle(app, ops.List, async ({ filter, startIndex = 1, count }, { principal }) => {
    const parsed = parseFilter(type, filter)
    const visible = await visibleIds(authorizer, principal)
    const ids = visible && parsed.ids ? parsed.ids.filter((id) => visible.has(id)) : (parsed.ids ?? visible)
    const offset = Math.max(startIndex, 1) - 1
    const { rows, total } = await identities.list(type, {
      offset,
      ...parsed,
      ...(count !== undefined && { limit: count }),
      ...(ids && { ids: [...ids] }),
    })
    return {
      schemas: [LIST_RESPONSE],
      totalResults: total,
      startIndex: offset + 1,
      itemsPerPage: rows.length,
      Resources: rows.map((row) => scimResource(row)),
    }
  })
  handle(app, ops.Create, async (body, _request, reply) => {
    const { name, displayName } = namesOf(type, body)
    const row = await identities.create(type, name, displayName)
    const { active, add, remove, replace } = changeOf(type, body)
    const first = { add, remove, ...(replace && { replace }), ...(active === false && { active }) }
    void reply.code(201)
    const completed = applyChange(identities, row, first).catch(async (error) => {
      await identities.delete(row.id) // creation is atomic
      throw error
    })
    return fullResource(identities, await completed)
  })
  handle(app, ops.Get, async ({ id }, { principal }) => {
    const visible = await visibleIds(authorizer, principal)
    if (visible && !visible.has(id)) throw notFound(type, id)
    return fullResource(identities, await find(identities, type, id))
  })
  handle(app, ops.Patch, async ({ id, Operations }, { principal }) => {
    const row = await find(identities, type, id)
    await requireAuthorityOver(authorizer, principal, row)
    return fullResource(identities, await applyChange(identities, row, changeOfPatch(type, Operations)))
  })
  handle(app, ops.Replace, async ({ id, ...body }, { principal }) => {
    const row = await find(identities, type, id)
    await requireAuthorityOver(authorizer, principal, row)
    return fullResource(identities, await applyChange(identities, row, changeOf(type, body)))
  })
  handle(app, ops.Delete, async ({ id }, { principal }, reply) => {
    const row = await find(identities, type, id)
    await requireAuthorityOver(authorizer, principal, row)
    const owned = await ownedSecurables(db, row.id)
    if (owned.length > 0)
      throw new ApiError(
        'RESOURCE_CONFLICT',
        `'${row.name}' owns ${owned.map((name) => `'${name}'`).join(', ')}: transfer them to another owner first.`,
      )
    await identities.delete(row.id)
    void reply.code(204)
    return {}
  })
}

/** The ids visible to a principal: undefined for all, with MANAGE IDENTITIES; else its own and its groups'. */
async function visibleIds(
  authorizer: Authorizer,
  principal: Principal,
): Promise<ReadonlySet<string> | undefined> {
  const manager = await authorizer.decide(principal, 'MANAGE IDENTITIES', authorizer.metastore)
  return manager.allowed ? undefined : authorizer.identities(principal)
}

async function find(identities: Identities, type: PrincipalType, id: string): Promise<PrincipalRow> {
  const row = await identities.find(id)
  if (row?.id !== id || row.type !== type) throw notFound(type, id)
  return row
}

const notFound = (type: PrincipalType, id: string) =>
  missing(`${SCIM_TYPES[type].resource} '${id}' does not exist.`)

async function fullResource(identities: Identities, row: PrincipalRow) {
  const groups = await identities.groupsOf(row.id)
  const members = row.type === 'group' ? await identities.members(row.id) : undefined
  return scimResource(row, { groups, ...(members && { members }) })
}

async function applyChange(
  identities: Identities,
  row: PrincipalRow,
  change: ScimChange,
): Promise<PrincipalRow> {
  const { name, display_name, active, add, remove, replace } = change
  const touchesMembers = add.length > 0 || remove.length > 0 || replace !== undefined
  if (touchesMembers && row.type !== 'group')
    throw invalid(`Invalid members: '${row.name}' is a ${row.type.replace('_', ' ')} and has none.`)
  const updated = await identities.update(row.id, {
    ...(name !== undefined && name !== row.name && { name }),
    ...(display_name !== undefined && { display_name }),
    ...(active !== undefined && row.type !== 'group' && { active }),
  })
  if (touchesMembers) await identities.changeMembers(row.id, { add, remove, ...(replace && { replace }) })
  return updated
}

/** SCIM's error body with our own fields added. */
function scimErrors(app: FastifyInstance) {
  app.setErrorHandler((error, request, reply) => {
    if (!(error instanceof ApiError)) throw error
    return reply
      .code(error.statusCode)
      .type('application/scim+json; charset=utf-8')
      .send({
        ...error.toJSON(),
        schemas: [SCIM_ERROR],
        status: String(error.statusCode),
        detail: error.message,
        request_id: request.id,
      })
  })
}
