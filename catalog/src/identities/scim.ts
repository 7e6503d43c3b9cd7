import type { Principal, PrincipalType } from '@cairn/platform/auth/principal'
import type { PrincipalRow } from '@cairn/platform/auth/schema'
import { invalid } from '@cairn/platform/errors'
import type { ScimBody, ScimOperation, ScimResource } from '@cairn/platform/protocol/identities'

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
    ...(row.type === 'user' && row.name.includes('@') && { emails: [{ value: row.name, primary: true }] }),
    ...(groups && { groups: groups.map(reference) }),
    ...(members && { members: members.map(reference) }),
    meta: { resourceType: resource },
  }
}

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

/** Parses `userName eq "ada"`, the only form of filter that clients send. @throws INVALID_PARAMETER_VALUE for others */
export function parseFilter(type: PrincipalType, filter: string | undefined) {
  if (!filter) return {}
  const [, attribute, value] = /^\s*(\w+)\s+eq\s+"((?:[^"\\]|\\.)*)"\s*$/i.exec(filter) ?? []
  const text = value?.replace(/\\(.)/g, '$1')
  if (attribute && text !== undefined) {
    if (attribute.toLowerCase() === SCIM_TYPES[type].name.toLowerCase()) return { name: text }
    if (attribute.toLowerCase() === 'displayname') return { displayName: text }
    if (attribute.toLowerCase() === 'id') return { ids: [text] }
  }
  throw invalid(
    `Invalid filter '${filter.slice(0, 200)}': only '<attribute> eq "<value>"' is supported, for ${SCIM_TYPES[type].name}, displayName and id.`,
  )
}

/** The change that a PATCH or PUT makes. */
export interface ScimChange {
  name?: string
  display_name?: string
  active?: boolean
  add: string[]
  remove: string[]
  replace?: string[]
}

export function changeOf(type: PrincipalType, body: ScimBody): ScimChange {
  const name = body[SCIM_TYPES[type].name]
  return {
    ...(name !== undefined && { name }),
    ...(body.displayName !== undefined && { display_name: body.displayName }),
    ...(body.active !== undefined && { active: body.active }),
    add: [],
    remove: [],
    ...(body.members && { replace: body.members.map(({ value }) => value) }),
  }
}

/** @throws INVALID_PARAMETER_VALUE for an unsupported operation or path */
export function changeOfPatch(type: PrincipalType, operations: readonly ScimOperation[]): ScimChange {
  const change: ScimChange = { add: [], remove: [] }
  for (const { op, path, value } of operations) {
    const verb = op.toLowerCase()
    if (verb !== 'add' && verb !== 'remove' && verb !== 'replace')
      throw invalid(`Invalid op '${op.slice(0, 100)}': it must be add, remove or replace.`)
    if (path) patch(change, type, verb, path, value)
    else if (typeof value === 'object' && value !== null)
      for (const [name, part] of Object.entries(value)) patch(change, type, verb, name, part)
    else throw invalid('Invalid Operations: an operation without a path needs an object as its value.')
  }
  return change
}

type Verb = 'add' | 'remove' | 'replace'

function patch(change: ScimChange, type: PrincipalType, verb: Verb, path: string, value: unknown) {
  const member = /^members\[\s*value\s+eq\s+"([^"]+)"\s*\]$/i.exec(path)?.[1]
  if (member !== undefined && verb === 'remove') change.remove.push(member)
  else if (path === 'members') patchMembers(change, verb, value)
  else if (verb === 'remove')
    throw invalid(`Invalid path '${path.slice(0, 200)}': only members can be removed.`)
  else if (path === 'active') change.active = asBoolean(value)
  else if (path === 'displayName') {
    change.display_name = asText(path, value)
    if (type === 'group') change.name = change.display_name
  } else if (path === SCIM_TYPES[type].name) change.name = asText(path, value)
  else
    throw invalid(
      `Invalid path '${path.slice(0, 200)}': supported are displayName, active, members and the name attribute.`,
    )
}

function patchMembers(change: ScimChange, verb: Verb, value: unknown) {
  const ids = value === undefined ? undefined : memberIds(value)
  if (verb === 'remove' && ids) change.remove.push(...ids)
  else if (verb === 'remove') change.replace = []
  else if (verb === 'replace') change.replace = ids ?? []
  else change.add.push(...(ids ?? []))
}

const memberIds = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).map((member) => {
    const id = typeof member === 'object' && member !== null ? (member as { value?: unknown }).value : member
    return asText('members', id)
  })

function asBoolean(value: unknown): boolean {
  const word = String(value).toLowerCase()
  if (word !== 'true' && word !== 'false')
    throw invalid('Invalid value for active: it must be true or false.')
  return word === 'true'
}

function asText(path: string, value: unknown): string {
  if (typeof value !== 'string' || value === '')
    throw invalid(`Invalid value for ${path}: it must be a non-empty string.`)
  return value
}
