import type { Principal, PrincipalType } from '@cairn/platform/auth/principal'
import type { PrincipalRow } from '@cairn/platform/auth/schema'
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
import type { Rooms } from '../rooms.js'
import { ownedBy } from './owned.js'
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

export const identityRoutes: FastifyPluginAsync<Rooms> = async (app, rooms) => {
  scimErrors(app)
  serve(app, rooms, 'user', Users)
  serve(app, rooms, 'user', UnityUsers)
  serve(app, rooms, 'group', Groups)
  serve(app, rooms, 'service_principal', ServicePrincipals)
  for (const op of [Me, UnityMe])
    handle(app, op, async (_input, { principal }) => {
      const row = await rooms.context.identities.get(principal.id)
      const groups = await rooms.context.identities.groupsOf(principal.id)
      return { ...scimResource(row, { groups }), userName: row.name }
    })
  handle(app, GetDatabricksConfig, async () => ({}))
}

function serve(app: FastifyInstance, rooms: Rooms, type: PrincipalType, ops: typeof Users) {
  const { identities } = rooms.context

  handle(app, ops.List, async ({ filter, startIndex = 1, count }, { principal }) => {
    const wanted = parseFilter(type, filter)
    const known = await knownTo(rooms, principal)
    const ids = known && wanted.ids ? wanted.ids.filter((id) => known.has(id)) : (wanted.ids ?? known)
    const offset = Math.max(startIndex, 1) - 1
    const { rows, total } = await identities.list(type, {
      offset,
      ...wanted,
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
    const complete = apply(rooms, row, first).catch(async (error) => {
      await identities.delete(row.id) // created whole or not at all
      throw error
    })
    return whole(rooms, await complete)
  })
  handle(app, ops.Get, async ({ id }, { principal }) => {
    const known = await knownTo(rooms, principal)
    if (known && !known.has(id)) throw unknown(type, id)
    return whole(rooms, await find(rooms, type, id))
  })
  handle(app, ops.Patch, async ({ id, Operations }) => {
    const row = await find(rooms, type, id)
    return whole(rooms, await apply(rooms, row, changeOfPatch(type, Operations)))
  })
  handle(app, ops.Replace, async ({ id, ...body }) => {
    const row = await find(rooms, type, id)
    return whole(rooms, await apply(rooms, row, changeOf(type, body)))
  })
  handle(app, ops.Delete, async ({ id }, _request, reply) => {
    const row = await find(rooms, type, id)
    const owned = await ownedBy(rooms.db, row.id)
    if (owned.length > 0)
      throw new ApiError(
        'RESOURCE_CONFLICT',
        `'${row.name}' owns ${owned.map((name) => `'${name}'`).join(', ')}: hand what it owns to another owner first.`,
      )
    await identities.delete(row.id)
    void reply.code(204)
    return {}
  })
}

/** The ids that a principal may know of: undefined for all, which takes MANAGE IDENTITIES, else its own and its groups'. */
async function knownTo({ context }: Rooms, principal: Principal): Promise<ReadonlySet<string> | undefined> {
  const { authorizer } = context
  const manager = await authorizer.decide(principal, 'MANAGE IDENTITIES', authorizer.metastore)
  return manager.allowed ? undefined : authorizer.identities(principal)
}

async function find({ context }: Rooms, type: PrincipalType, id: string): Promise<PrincipalRow> {
  const row = await context.identities.find(id)
  if (row?.id !== id || row.type !== type) throw unknown(type, id)
  return row
}

const unknown = (type: PrincipalType, id: string) =>
  missing(`${SCIM_TYPES[type].resource} '${id}' does not exist.`)

async function whole({ context }: Rooms, row: PrincipalRow) {
  const groups = await context.identities.groupsOf(row.id)
  const members = row.type === 'group' ? await context.identities.members(row.id) : undefined
  return scimResource(row, { groups, ...(members && { members }) })
}

async function apply({ context }: Rooms, row: PrincipalRow, change: ScimChange): Promise<PrincipalRow> {
  const { name, display_name, active, add, remove, replace } = change
  const touchesMembers = add.length > 0 || remove.length > 0 || replace !== undefined
  if (touchesMembers && row.type !== 'group')
    throw invalid(`Invalid members: '${row.name}' is a ${row.type.replace('_', ' ')} and has none.`)
  const updated = await context.identities.update(row.id, {
    ...(name !== undefined && name !== row.name && { name }),
    ...(display_name !== undefined && { display_name }),
    ...(active !== undefined && row.type !== 'group' && { active }),
  })
  if (touchesMembers)
    await context.identities.changeMembers(row.id, { add, remove, ...(replace && { replace }) })
  return updated
}

/** SCIM's error body, with our own fields beside it. */
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
