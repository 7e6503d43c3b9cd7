import type { Principal, PrincipalType } from '@cairn/platform/auth/principal'
import type { PrincipalRow } from '@cairn/platform/auth/schema'
import { invalid } from '@cairn/platform/errors'
import type { ScimBody, ScimResource } from '@cairn/platform/protocol/databricks/identities'
import { type Attributes, attributeName } from './scim-filter.js'

const CORE = 'urn:ietf:params:scim:schemas:core:2.0'
export const LIST_RESPONSE = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'
export const SCIM_ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error'

/** The resource type, unique-name attribute and schema of each type of principal. */
export const SCIM_TYPES = {
  user: { resource: 'User', name: 'userName', schema: `${CORE}:User` },
  group: { resource: 'Group', name: 'displayName', schema: `${CORE}:Group` },
  service_principal: {
    resource: 'ServicePrincipal',
    name: 'applicationId',
    schema: 'urn:ietf:params:scim:schemas:core:2.0:ServicePrincipal',
  },
} as const satisfies Record<PrincipalType, unknown>

export function scimResource(
  row: PrincipalRow,
  { groups, members }: { groups?: readonly Principal[]; members?: readonly Principal[] } = {},
): ScimResource {
  const { resource, name, schema } = SCIM_TYPES[row.type]
  return {
    schemas: [schema],
    id: row.id,
    displayName: row.display_name,
    ...(row.type !== 'group' && { active: row.active === 1, [name]: row.name }),
    ...(row.external_id !== null && { externalId: row.external_id }),
    ...emailsOf(row),
    ...(groups && { groups: groups.map(reference) }),
    ...(members && { members: members.map(reference) }),
    meta: {
      resourceType: resource,
      created: new Date(row.created_at).toISOString(),
      lastModified: new Date(lastModified(row)).toISOString(),
      location: `/api/2.0/preview/scim/v2/${resource}s/${row.id}`,
    },
  }
}

const lastModified = ({ updated_at, created_at }: PrincipalRow) => updated_at ?? created_at

function emailsOf({ type, name, email }: PrincipalRow) {
  const value = email ?? (type === 'user' && name.includes('@') ? name : undefined)
  return value ? { emails: [{ value, primary: true }] } : {}
}

/** Returns the values of an attribute for filters. @throws INVALID_PARAMETER_VALUE for an unknown attribute */
export function attributesOf(row: PrincipalRow): Attributes {
  const known: Record<string, readonly (string | boolean | null)[]> = {
    id: [row.id],
    displayname: [row.display_name],
    externalid: row.external_id === null ? [] : [row.external_id],
    emails: emailsOf(row).emails?.map(({ value }) => value) ?? [],
    active: [row.active === 1],
    [SCIM_TYPES[row.type].name.toLowerCase()]: [row.name],
    'meta.created': [new Date(row.created_at).toISOString()],
    'meta.lastmodified': [new Date(lastModified(row)).toISOString()],
  }
  return (attribute) => {
    const values = Object.hasOwn(known, attribute) ? known[attribute] : undefined
    if (!values) throw invalid(`'filter': the attribute '${attribute.slice(0, 100)}' cannot be searched for.`)
    return values
  }
}

const SORTED_BY = new Map([
  ['username', 'name'],
  ['applicationid', 'name'],
  ['displayname', 'display_name'],
  ['id', 'id'],
  ['meta.created', 'created_at'],
] as const)

/** The order of a list. @throws INVALID_PARAMETER_VALUE for an attribute that has no order */
export function orderOf(sortBy: string | undefined, sortOrder: string | undefined) {
  const by = SORTED_BY.get((sortBy?.toLowerCase() ?? 'username') as 'id')
  if (!by)
    throw invalid(
      `'sortBy': lists are not sorted by '${sortBy}'; supported are userName, applicationId, displayName, id and meta.created.`,
    )
  return { by, descending: sortOrder === 'descending' }
}

export interface Projection {
  readonly attributes?: string
  readonly excludedAttributes?: string
}

/** Returns a function that tells whether an attribute is returned. SCIM always returns the id and the schemas. */
export function returnedBy({ attributes, excludedAttributes }: Projection): (name: string) => boolean {
  const [wanted, unwanted] = [namesIn(attributes), namesIn(excludedAttributes)]
  return (name) =>
    ['id', 'schemas'].includes(name) ||
    (wanted.size > 0 ? wanted.has(name.toLowerCase()) : !unwanted.has(name.toLowerCase()))
}

/** Returns whether a list names an attribute that it leaves out otherwise. */
export const asksFor = (name: string, { attributes }: Projection): boolean => namesIn(attributes).has(name)

/** The resource with the requested attributes. */
export function projected(resource: ScimResource, projection: Projection): ScimResource {
  const isReturned = returnedBy(projection)
  return Object.fromEntries(Object.entries(resource).filter(([name]) => isReturned(name))) as ScimResource
}

/** Parses a comma-separated list of attributes, with or without schemas. A sub-attribute selects its attribute. */
const namesIn = (list = '') =>
  new Set(list.split(',').flatMap((one) => attributeName(one.trim()).split('.')[0] || []))

const reference = ({ id, name, type }: Principal) => ({
  value: id,
  display: name,
  type: SCIM_TYPES[type].resource,
})

/** The unique name and the display name of a new principal. @throws INVALID_PARAMETER_VALUE naming the attribute */
export function namesOf(type: PrincipalType, body: ScimBody): { name: string; displayName: string } {
  const attribute = SCIM_TYPES[type].name
  const name = body[attribute] ?? (type === 'service_principal' ? body.displayName : undefined)
  if (!name) throw invalid(`Missing value for required parameter '${attribute}'.`)
  return { name, displayName: body.displayName || name }
}
