import type { PrincipalType } from '@cairn/platform/auth/principal'
import { invalid } from '@cairn/platform/errors'
import type { ScimBody, ScimOperation } from '@cairn/platform/protocol/databricks/identities'
import { SCIM_TYPES } from './scim.js'
import { attributeName } from './scim-filter.js'

/** The change that a PATCH or PUT makes. */
export interface ScimChange {
  name?: string
  display_name?: string
  active?: boolean
  external_id?: string | null
  email?: string | null
  add: string[]
  remove: string[]
  replace?: string[]
}

export function changeOf(type: PrincipalType, body: ScimBody): ScimChange {
  const name = body[SCIM_TYPES[type].name]
  return {
    ...(name !== undefined && { name }),
    ...(body.displayName !== undefined && { display_name: body.displayName }),
    ...(body.active !== undefined && { active: asBoolean(body.active) }),
    ...(body.externalId !== undefined && { external_id: body.externalId }),
    ...(body.emails && { email: emailOf(body.emails) }),
    add: [],
    remove: [],
    ...(body.members && { replace: body.members.map(({ value }) => value) }),
  }
}

type Verb = 'add' | 'remove' | 'replace'

/** Attributes of users that identity providers send and that are not stored. */
const IGNORED =
  /^(name(\..+)?|id|schemas|meta|title|nickname|profileurl|usertype|preferredlanguage|locale|timezone|password|emails\..+|phonenumbers|addresses|ims|photos|entitlements|roles|x509certificates|employeenumber|costcenter|organization|division|department|manager(\..+)?|urn:.*)$/

/**
 * The change of a PATCH, in the forms of Entra and Okta: with and without a path, with filters and schemas in paths, and with
 * booleans as text.
 *
 * @throws INVALID_PARAMETER_VALUE for an unsupported operation or path
 */
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

function patch(change: ScimChange, type: PrincipalType, verb: Verb, path: string, value: unknown) {
  const attribute = attributeName(path)
  if (attribute === 'members') patchMembers(change, verb, path, value)
  else if (attribute === 'externalid') change.external_id = verb === 'remove' ? null : asText(path, value)
  else if (attribute === 'emails') change.email = verb === 'remove' ? null : emailOf(value)
  else if (IGNORED.test(attribute)) return
  else if (verb === 'remove')
    throw invalid(`Invalid path '${path.slice(0, 200)}': only members, externalId and emails can be removed.`)
  else if (attribute === 'active') change.active = asBoolean(value)
  else if (attribute === 'displayname') {
    change.display_name = asText(path, value)
    if (type === 'group') change.name = change.display_name
  } else if (attribute === SCIM_TYPES[type].name.toLowerCase()) change.name = asText(path, value)
  else
    throw invalid(
      `Invalid path '${path.slice(0, 200)}': supported are displayName, active, emails, externalId, members and the name attribute.`,
    )
}

/** `members[value eq "1" or value eq "2"]` names members in the path. */
function patchMembers(change: ScimChange, verb: Verb, path: string, value: unknown) {
  const named = [...path.matchAll(/value\s+eq\s+"([^"]+)"/gi)].map(([, id]) => id!)
  if (path.includes('[') && named.length === 0)
    throw invalid(`Invalid path '${path.slice(0, 200)}': write members[value eq "ID"].`)
  const ids = named.length > 0 ? named : value === undefined ? undefined : memberIds(value)
  if (verb === 'remove' && ids) change.remove.push(...ids)
  else if (verb === 'remove') change.replace = []
  else if (verb === 'replace') change.replace = ids ?? []
  else change.add.push(...(ids ?? []))
}

const memberIds = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).map((member) => asText('members', memberValue(member)))

const memberValue = (one: unknown) =>
  typeof one === 'object' && one !== null ? (one as { value?: unknown }).value : one

/** The primary address of a list, or the only one. */
export function emailOf(value: unknown): string | null {
  const all = Array.isArray(value) ? value : [value]
  const primary = all.find((one) => (one as { primary?: unknown } | null)?.primary === true) ?? all[0]
  return primary === undefined ? null : asText('emails', memberValue(primary), 320)
}

/** Identity providers send booleans as text. @throws INVALID_PARAMETER_VALUE */
export function asBoolean(value: unknown): boolean {
  const word = String(Array.isArray(value) ? memberValue(value[0]) : memberValue(value)).toLowerCase()
  if (word !== 'true' && word !== 'false')
    throw invalid('Invalid value for active: it must be true or false.')
  return word === 'true'
}

function asText(path: string, value: unknown, maxLength = 255): string {
  if (typeof value !== 'string' || value === '' || value.length > maxLength)
    throw invalid(
      `Invalid value for ${path.slice(0, 200)}: it must be a string of 1 to ${maxLength} characters.`,
    )
  return value
}
