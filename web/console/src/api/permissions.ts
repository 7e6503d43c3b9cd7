import type { FindPrincipals } from '@cairn/platform/protocol/cairn/grantees'
import type { SetOwner } from '@cairn/platform/protocol/cairn/owners'
import type {
  EndpointPermissions,
  ExperimentPermissions,
  JobPermissions,
  ModelPermissions,
  ObjectAccessEntry,
} from '@cairn/platform/protocol/databricks/object-permissions'
import type { Input, Output } from '@cairn/platform/protocol/operation'
import type { Privilege } from '@cairn/platform/protocol/privileges'
import type { GetPermissions, UpdatePermissions } from '@cairn/platform/protocol/unity/permissions'
import { call } from './call.js'
import { hasPrivilege } from './rights.js'

export type ObjectKind = 'experiment' | 'registered_model' | 'job' | 'serving_endpoint'
export type PrincipalKind = 'user' | 'group' | 'service_principal'
export type Grantee = Output<typeof FindPrincipals>['principals'][number]

/** An object that is not in the catalog. */
export interface GovernedObject {
  readonly kind: ObjectKind
  readonly id: string
}

/** The levels of a principal on an object: its own, and the one that it has on all objects. */
export interface PrincipalAccess {
  readonly name: string
  readonly displayName: string
  readonly kind: PrincipalKind
  readonly level: string | undefined
  readonly inherited: string | undefined
}

export interface ObjectAccess {
  readonly owner: string
  readonly principals: readonly PrincipalAccess[]
  /** Names of the principals that DENY is granted to, which beats their levels. */
  readonly denied: readonly string[]
}

type Levels = Omit<ObjectAccess, 'denied'>

/** The kinds on which DENY can be granted. */
export const isDeniable = (kind: ObjectKind) => kind === 'experiment' || kind === 'registered_model'

export async function getObjectAccess(object: GovernedObject, signal?: AbortSignal): Promise<ObjectAccess> {
  const [levels, denied] = await Promise.all([
    getLevels(object, signal),
    isDeniable(object.kind) ? getDenied(object, signal) : [],
  ])
  return { ...levels, denied }
}

async function getDenied({ kind, id }: GovernedObject, signal?: AbortSignal): Promise<string[]> {
  const { privilege_assignments } = await call<typeof GetPermissions>(
    'GET /api/2.1/unity-catalog/permissions/{securable_type}/{full_name}',
    { securable_type: kind, full_name: id },
    signal,
  )
  return privilege_assignments
    .filter(({ privileges }) => privileges.includes('DENY'))
    .map(({ principal }) => principal)
}

async function getLevels({ kind, id }: GovernedObject, signal?: AbortSignal): Promise<Levels> {
  if (kind === 'experiment')
    return accessOf(
      await call<typeof ExperimentPermissions.Get>(
        'GET /api/2.0/permissions/experiments/{id}',
        { id },
        signal,
      ),
    )
  if (kind === 'registered_model')
    return accessOf(
      await call<typeof ModelPermissions.Get>(
        'GET /api/2.0/permissions/registered-models/{id}',
        { id },
        signal,
      ),
    )
  if (kind === 'job')
    return accessOf(
      await call<typeof JobPermissions.Get>('GET /api/2.0/permissions/jobs/{id}', { id }, signal),
    )
  const path = 'GET /api/2.0/permissions/serving-endpoints/{id}'
  return accessOf(await call<typeof EndpointPermissions.Get>(path, { id }, signal))
}

/** Replaces the level of a principal. */
export function setLevel(
  { kind, id }: GovernedObject,
  principal: { readonly name: string; readonly kind: PrincipalKind },
  permission_level: string,
): Promise<unknown> {
  if (permission_level === 'DENY')
    return changeGrants({ kind, id }, { principal: principal.name, add: ['DENY'] })
  const access_control_list = [{ [FIELD_OF[principal.kind]]: principal.name, permission_level }] as never
  const input = { id, access_control_list } as never
  if (kind === 'experiment')
    return call<typeof ExperimentPermissions.Update>('PATCH /api/2.0/permissions/experiments/{id}', input)
  if (kind === 'registered_model')
    return call<typeof ModelPermissions.Update>('PATCH /api/2.0/permissions/registered-models/{id}', input)
  if (kind === 'job') return call<typeof JobPermissions.Update>('PATCH /api/2.0/permissions/jobs/{id}', input)
  const path = 'PATCH /api/2.0/permissions/serving-endpoints/{id}'
  return call<typeof EndpointPermissions.Update>(path, input)
}

/** Takes all rights on the object itself, and a denial, from a principal. */
export const removeAccess = (object: GovernedObject, principal: string) =>
  changeGrants(object, {
    principal,
    remove: [...PRIVILEGES_OF[object.kind], ...(isDeniable(object.kind) ? ['DENY'] : [])],
  })

type GrantsChange = Input<typeof UpdatePermissions>['changes'][number]

const changeGrants = ({ kind, id }: GovernedObject, change: GrantsChange) =>
  call<typeof UpdatePermissions>('PATCH /api/2.1/unity-catalog/permissions/{securable_type}/{full_name}', {
    ...{ securable_type: kind, full_name: id, changes: [change] },
  })

/** Returns whether the caller may grant rights on the object. Decided by the server, which knows ownership and groups. */
export const manages = ({ kind, id }: GovernedObject, signal?: AbortSignal) =>
  hasPrivilege({ securable_type: kind, full_name: id }, 'MANAGE', signal)

const PRIVILEGES_OF: Readonly<Record<ObjectKind, readonly Privilege[]>> = {
  experiment: ['READ EXPERIMENTS', 'EDIT EXPERIMENTS', 'MANAGE', 'ALL PRIVILEGES'],
  registered_model: ['READ MODELS', 'EDIT MODELS', 'PROMOTE MODELS', 'MANAGE', 'ALL PRIVILEGES'],
  job: ['READ JOBS', 'RUN JOBS', 'EDIT JOBS', 'MANAGE', 'ALL PRIVILEGES'],
  serving_endpoint: ['VIEW ENDPOINT', 'QUERY ENDPOINT', 'MANAGE', 'ALL PRIVILEGES'],
}

export function setOwner({ kind, id }: GovernedObject, owner: string): Promise<unknown> {
  const path = 'PUT /api/cairn/v1/owners/{securable_type}/{full_name}'
  return call<typeof SetOwner>(path, { securable_type: kind, full_name: id, owner })
}

/** Principals that can be granted rights on a securable, by a part of their name. */
export const findGrantees = async (
  securable: { readonly type: string; readonly name: string },
  query: string,
  signal?: AbortSignal,
) => {
  const input = { securable_type: securable.type, full_name: securable.name, query }
  return (await call<typeof FindPrincipals>('GET /api/cairn/v1/grantees', input, signal)).principals
}

const FIELD_OF = {
  user: 'user_name',
  group: 'group_name',
  service_principal: 'service_principal_name',
} as const

interface Permissions {
  readonly owner: string
  readonly access_control_list: readonly ObjectAccessEntry[]
}

const accessOf = ({ owner, access_control_list }: Permissions): Levels => ({
  owner,
  principals: access_control_list.map((entry) => {
    const [kind, field] = Object.entries(FIELD_OF).find(([, one]) => entry[one]) as [
      PrincipalKind,
      (typeof FIELD_OF)[PrincipalKind],
    ]
    const levelOf = (isInherited: boolean) =>
      entry.all_permissions.find(({ inherited }) => inherited === isInherited)?.permission_level
    const name = entry[field]!
    return {
      ...{ name, kind, displayName: entry.display_name ?? name },
      ...{ level: levelOf(false), inherited: levelOf(true) },
    }
  }),
})
