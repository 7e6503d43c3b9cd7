import type {
  CreateInvite,
  CreatePasswordReset,
  DeleteInvite,
  EndSessionsOf,
  ListInvites,
} from '@cairn/platform/protocol/cairn/sign-in'
import type {
  CreateOboToken,
  DeleteManagedToken,
  Groups,
  ListManagedTokens,
  ScimResource,
  ServicePrincipals,
  Users,
} from '@cairn/platform/protocol/databricks/identities'
import type { Input, Output } from '@cairn/platform/protocol/operation'
import { call } from './call.js'
import { pageOf } from './page-of.js'

/** The kinds of principals, as in the paths of SCIM. */
export type ScimKind = 'users' | 'groups' | 'service-principals'
export type ScimPrincipal = ScimResource
export type Invite = Output<typeof ListInvites>['invites'][number]
export type ManagedToken = Output<typeof ListManagedTokens>['token_infos'][number]

/** The unique name of a principal of any kind. */
export const nameOf = ({ userName, applicationId, displayName }: ScimPrincipal) =>
  userName ?? applicationId ?? displayName

/** The unique name and, if there is another, the display name. */
const NAMES: Readonly<Record<ScimKind, readonly [string, ...string[]]>> = {
  users: ['userName', 'displayName'],
  groups: ['displayName'],
  'service-principals': ['applicationId', 'displayName'],
}
const KINDS = Object.keys(NAMES) as ScimKind[]
const PAGE = 100
const SUGGESTIONS = 10

interface Query {
  readonly filter?: string
  /** From 1. */
  readonly startIndex?: number
  readonly count?: number
  readonly attributes?: string
}

/** SCIM reads the strings of its filters as JSON. */
const contains = (kind: ScimKind, text: string) =>
  NAMES[kind].map((attribute) => `${attribute} co ${JSON.stringify(text)}`).join(' or ')

function list(kind: ScimKind, query: Query, signal?: AbortSignal) {
  if (kind === 'users') return call<typeof Users.List>('GET /api/2.0/preview/scim/v2/Users', query, signal)
  if (kind === 'groups') return call<typeof Groups.List>('GET /api/2.0/preview/scim/v2/Groups', query, signal)
  return call<typeof ServicePrincipals.List>('GET /api/2.0/preview/scim/v2/ServicePrincipals', query, signal)
}

/** Lists name the groups of each principal only on request. */
const WITH_GROUPS = 'userName,applicationId,displayName,active,groups'

/** A page of the principals whose name or display name contains a text. @param startIndex from 1 */
export const listPrincipals = (kind: ScimKind, search: string, startIndex: number, signal?: AbortSignal) =>
  list(
    kind,
    { startIndex, count: PAGE, attributes: WITH_GROUPS, ...(search && { filter: contains(kind, search) }) },
    signal,
  )

/** Some principals of each kind whose name or display name contains a text. */
export async function suggestPrincipals(
  text: string,
  signal?: AbortSignal,
): Promise<readonly ScimPrincipal[]> {
  const pages = await Promise.all(
    KINDS.map((kind) => list(kind, { filter: contains(kind, text), count: SUGGESTIONS }, signal)),
  )
  return pages.flatMap(({ Resources }) => Resources)
}

/** The principal of any kind with a unique name. */
export async function findPrincipal(name: string): Promise<ScimPrincipal | undefined> {
  const pages = await Promise.all(
    KINDS.map((kind) => list(kind, { filter: `${NAMES[kind][0]} eq ${JSON.stringify(name)}`, count: 1 })),
  )
  return pages.flatMap(({ Resources }) => Resources)[0]
}

export const createGroup = (displayName: string) =>
  call<typeof Groups.Create>('POST /api/2.0/preview/scim/v2/Groups', { displayName })

export const createServicePrincipal = (applicationId: string) =>
  call<typeof ServicePrincipals.Create>('POST /api/2.0/preview/scim/v2/ServicePrincipals', { applicationId })

export const getGroup = (id: string, signal?: AbortSignal) =>
  call<typeof Groups.Get>('GET /api/2.0/preview/scim/v2/Groups/{id}', { id }, signal)

/** Adds or removes members by their ids. */
export const changeMembers = (id: string, op: 'add' | 'remove', memberId: string) =>
  call<typeof Groups.Patch>('PATCH /api/2.0/preview/scim/v2/Groups/{id}', {
    id,
    Operations: [{ op, path: 'members', value: [{ value: memberId }] }],
  } as never)

export function setActive(kind: ScimKind, id: string, active: boolean) {
  const change = { id, Operations: [{ op: 'replace', path: 'active', value: active }] } as never
  return kind === 'users'
    ? call<typeof Users.Patch>('PATCH /api/2.0/preview/scim/v2/Users/{id}', change)
    : call<typeof ServicePrincipals.Patch>('PATCH /api/2.0/preview/scim/v2/ServicePrincipals/{id}', change)
}

export function deletePrincipal(kind: ScimKind, id: string) {
  if (kind === 'users') return call<typeof Users.Delete>('DELETE /api/2.0/preview/scim/v2/Users/{id}', { id })
  if (kind === 'groups')
    return call<typeof Groups.Delete>('DELETE /api/2.0/preview/scim/v2/Groups/{id}', { id })
  const path = 'DELETE /api/2.0/preview/scim/v2/ServicePrincipals/{id}'
  return call<typeof ServicePrincipals.Delete>(path, { id })
}

export const createInvite = (input: Input<typeof CreateInvite>) =>
  call<typeof CreateInvite>('POST /api/cairn/v1/invites', input)

export const createPasswordReset = (id: string) =>
  call<typeof CreatePasswordReset>('POST /api/cairn/v1/users/{id}/password-reset', { id })

export const endSessionsOf = (id: string) =>
  call<typeof EndSessionsOf>('DELETE /api/cairn/v1/users/{id}/sessions', { id })

/** A page of the invitations whose name or creator contains a text. */
export const listInvites = (search: string, page_token: string, signal?: AbortSignal) =>
  call<typeof ListInvites>('GET /api/cairn/v1/invites', pageOf(search, page_token), signal)

export const deleteInvite = (id: string) =>
  call<typeof DeleteInvite>('DELETE /api/cairn/v1/invites/{id}', { id })

/** A page of the tokens whose comment or owner contains a text. */
export const listManagedTokens = (search: string, page_token: string, signal?: AbortSignal) =>
  call<typeof ListManagedTokens>('GET /api/2.0/token-management/tokens', pageOf(search, page_token), signal)

export const deleteManagedToken = (token_id: string) =>
  call<typeof DeleteManagedToken>('DELETE /api/2.0/token-management/tokens/{token_id}', { token_id })

/** A token of another principal. */
export const createTokenFor = (input: Input<typeof CreateOboToken>) =>
  call<typeof CreateOboToken>('POST /api/2.0/token-management/on-behalf-of/tokens', input)
