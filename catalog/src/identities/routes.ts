import { requireAuthorityOver } from '@cairn/platform/auth/authority'
import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { Identities, PrincipalChange } from '@cairn/platform/auth/identities'
import type { ChangedMembers } from '@cairn/platform/auth/members'
import type { PrincipalType } from '@cairn/platform/auth/principal'
import type { PrincipalRow } from '@cairn/platform/auth/schema'
import type { Db } from '@cairn/platform/db/db'
import { ApiError, invalid, missing } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import { forbidStoring } from '@cairn/platform/http/response/no-store'
import {
  GetDatabricksConfig,
  Groups,
  Me,
  ServicePrincipals,
  UnityMe,
  UnityUsers,
  Users,
} from '@cairn/platform/protocol/databricks/identities'
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { CatalogSchema } from '../schema.js'
import { deletePrincipal } from './delete-principal.js'
import { groupsOfEach } from './groups-of-each.js'
import { noteMembers } from './note-members.js'
import {
  asksFor,
  LIST_RESPONSE,
  namesOf,
  orderOf,
  type Projection,
  projected,
  returnedBy,
  SCIM_ERROR,
  SCIM_TYPES,
  scimResource,
} from './scim.js'
import { changeOf, changeOfPatch, type ScimChange } from './scim-change.js'
import { discoveryRoutes } from './scim-discovery-routes.js'
import { parseScimFilter } from './scim-filter.js'
import { searchPrincipals } from './scim-search.js'
import { visibleIds } from './visible-ids.js'
import { WORKSPACE_ID } from './workspace-id.js'

interface Options {
  readonly db: Db<CatalogSchema>
  readonly authorizer: Authorizer
  readonly identities: Identities
}

/** SCIM's API for users, groups and service principals. */
export const identityRoutes: FastifyPluginAsync<Options> = async (app, options) => {
  forbidStoring(app)
  const { identities } = options
  scimErrors(app)
  discoveryRoutes(app)
  scimRoutes(app, options, 'user', Users)
  scimRoutes(app, options, 'user', UnityUsers)
  scimRoutes(app, options, 'group', Groups)
  scimRoutes(app, options, 'service_principal', ServicePrincipals)
  for (const op of [Me, UnityMe])
    handle(app, op, async (input, { principal }, reply) => {
      void reply.header('x-databricks-org-id', WORKSPACE_ID)
      const row = await identities.get(principal.id)
      const groups = await identities.groupsOf(principal.id)
      const me = { ...scimResource(row, { groups }), userName: row.name }
      return projected(me, input) as typeof me
    })
  handle(app, GetDatabricksConfig, async () => ({}))
}

function scimRoutes(app: FastifyInstance, options: Options, type: PrincipalType, ops: typeof Users) {
  const { authorizer, identities } = options
  handle(
    app,
    ops.List,
    async ({ filter, startIndex = 1, count, sortBy, sortOrder, ...fields }, { principal }) => {
      const visible = await visibleIds(authorizer, principal)
      const offset = Math.max(startIndex, 1) - 1
      const page = { offset, ...(count !== undefined && { limit: count }) }
      const scope = { ...orderOf(sortBy, sortOrder), ...(visible && { ids: [...visible] }) }
      const { rows, total } = filter
        ? await searchPrincipals(options, type, parseScimFilter(filter), { ...page, ...scope })
        : await identities.list(type, { ...page, ...scope })
      return {
        schemas: [LIST_RESPONSE],
        totalResults: total,
        startIndex: offset + 1,
        itemsPerPage: rows.length,
        Resources: await resourcesOf(options.db, rows, fields),
      }
    },
  )
  handle(app, ops.Create, async (body, request, reply) => {
    const { name, displayName } = namesOf(type, body)
    const { name: _name, display_name: _displayName, ...first } = changeOf(type, body)
    requireNoMembers(type, name, first)
    let changed: ChangedMembers = { added: [], removed: [] }
    const row = await identities.create(type, name, displayName, async (tx, { id }) => {
      await identities.updateIn(tx, id, attributesIn(type, first))
      if (touchesMembers(first)) changed = await identities.changeMembersIn(tx, id, first)
    })
    void reply.code(201)
    request.noteSubject(row)
    if (first.active === false && type !== 'group')
      request.noteChange({ field: 'active', before: 'true', after: 'false' })
    await noteMembers(request, authorizer, changed)
    return fullResource(identities, await identities.get(row.id))
  })
  handle(app, ops.Get, async ({ id, ...fields }, { principal }) => {
    const visible = await visibleIds(authorizer, principal)
    if (visible && !visible.has(id)) throw notFound(type, id)
    return fullResource(identities, await find(identities, type, id), fields)
  })
  handle(app, ops.Patch, async ({ id, Operations, ...fields }, request) => {
    const row = await find(identities, type, id)
    request.noteSubject(row)
    await requireAuthorityOver(authorizer, request.principal, row)
    const change = changeOfPatch(type, Operations)
    return fullResource(identities, await applyChange(options, row, change, request), fields)
  })
  handle(app, ops.Replace, async ({ id, attributes, excludedAttributes, ...body }, request) => {
    const row = await find(identities, type, id)
    request.noteSubject(row)
    await requireAuthorityOver(authorizer, request.principal, row)
    const changed = await applyChange(options, row, changeOf(type, body), request)
    return fullResource(identities, changed, {
      ...(attributes !== undefined && { attributes }),
      ...(excludedAttributes !== undefined && { excludedAttributes }),
    })
  })
  handle(app, ops.Delete, async ({ id }, request, reply) => {
    await deletePrincipal(options, await find(identities, type, id), request)
    void reply.code(204)
    return {}
  })
}

async function find(identities: Identities, type: PrincipalType, id: string): Promise<PrincipalRow> {
  const row = await identities.find(id)
  if (row?.id !== id || row.type !== type) throw notFound(type, id)
  return row
}

const notFound = (type: PrincipalType, id: string) =>
  missing(`${SCIM_TYPES[type].resource} '${id}' does not exist.`)

/** Returns the resources of a list. They have their groups if `attributes` names them. */
async function resourcesOf(db: Options['db'], rows: readonly PrincipalRow[], fields: Projection) {
  const ids = rows.map(({ id }) => id)
  const groups = asksFor('groups', fields) ? await groupsOfEach(db, ids) : undefined
  return rows.map((row) =>
    projected(scimResource(row, groups ? { groups: groups.get(row.id) ?? [] } : {}), fields),
  )
}

/** Returns a resource with its groups and members. Reads only those that the response contains. */
async function fullResource(identities: Identities, row: PrincipalRow, fields: Projection = {}) {
  const isReturned = returnedBy(fields)
  const groups = isReturned('groups') ? await identities.groupsOf(row.id) : []
  const hasMembers = row.type === 'group' && isReturned('members')
  const members = hasMembers ? await identities.members(row.id) : undefined
  return projected(scimResource(row, { groups, ...(members && { members }) }), fields)
}

const touchesMembers = ({ add, remove, replace }: ScimChange) =>
  add.length > 0 || remove.length > 0 || replace !== undefined

function requireNoMembers(type: PrincipalType, name: string, change: ScimChange) {
  if (touchesMembers(change) && type !== 'group')
    throw invalid(`Invalid members: '${name}' is a ${type.replace('_', ' ')} and has none.`)
}

/** Returns the changed attributes of a principal; groups have no `active`. */
const attributesIn = (
  type: PrincipalType,
  { name, display_name, active, external_id, email }: ScimChange,
): PrincipalChange => ({
  ...(name !== undefined && { name }),
  ...(display_name !== undefined && { display_name }),
  ...(active !== undefined && type !== 'group' && { active }),
  ...(external_id !== undefined && { external_id }),
  ...(email !== undefined && { email }),
})

/** Applies all attributes and members of a change in one transaction. */
async function applyChange(
  { identities, authorizer }: Options,
  row: PrincipalRow,
  change: ScimChange,
  request: FastifyRequest,
): Promise<PrincipalRow> {
  requireNoMembers(row.type, row.name, change)
  const { name, ...others } = attributesIn(row.type, change)
  const attributes = { ...others, ...(name !== row.name && name !== undefined && { name }) }
  let changed: ChangedMembers = { added: [], removed: [] }
  const updated = await identities.update(row.id, attributes, async (tx) => {
    if (touchesMembers(change)) changed = await identities.changeMembersIn(tx, row.id, change)
  })
  for (const [field, before, after] of [
    ['name', row.name, updated.name],
    ['active', String(row.active === 1), String(updated.active === 1)],
  ] as const)
    if (before !== after) request.noteChange({ field, before, after })
  await noteMembers(request, authorizer, changed)
  return updated
}

/** SCIM's error body with our own fields added. */
function scimErrors(app: FastifyInstance) {
  app.setErrorHandler((error, request, reply) => {
    if (!(error instanceof ApiError)) throw error
    request.failure = error
    const isTaken = error.code === 'RESOURCE_ALREADY_EXISTS' // identity providers look for 409
    return reply
      .code(isTaken ? 409 : error.statusCode)
      .type('application/scim+json; charset=utf-8')
      .send({
        ...error.toJSON(),
        schemas: [SCIM_ERROR],
        status: String(isTaken ? 409 : error.statusCode),
        ...(isTaken && { scimType: 'uniqueness' }),
        detail: error.message,
        request_id: request.id,
      })
  })
}
