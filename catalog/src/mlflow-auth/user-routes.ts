import { ensureAdmins } from '@cairn/platform/auth/admins'
import { administers, requireAuthorityOver } from '@cairn/platform/auth/authority'
import type { Authorizer } from '@cairn/platform/auth/authorizer'
import { ADMINS, type Principal } from '@cairn/platform/auth/principal'
import type { PrincipalRow } from '@cairn/platform/auth/schema'
import { endSessionsIn } from '@cairn/platform/auth/sessions'
import { ApiError, invalid } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import {
  CreateMlflowUser,
  DeleteMlflowUser,
  GetCurrentMlflowUser,
  GetMlflowUser,
  ListMlflowUsers,
  UpdateMlflowAdmin,
  UpdateMlflowPassword,
} from '@cairn/platform/protocol/mlflow/auth'
import type { Input } from '@cairn/platform/protocol/operation'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { deletePrincipal } from '../identities/delete-principal.js'
import { noteMembers } from '../identities/note-members.js'
import { WORKSPACE } from './levels.js'
import { administratorIds, findUser } from './mlflow-users.js'
import type { MlflowAuthParts } from './options.js'

/** Users of MLflow's auth client: the people of this server, and their passwords. */
export const mlflowUserRoutes: FastifyPluginAsync<MlflowAuthParts> = async (app, options) => {
  const { authorizer, identities, passwords, ids, roles } = options
  handle(app, CreateMlflowUser, async ({ username, password }, request) => {
    if (await identities.find(username))
      throw new ApiError('RESOURCE_ALREADY_EXISTS', `User (username=${username}) already exists.`)
    const store = await passwords.prepare(username, password)
    const user = await identities.create('user', username, username, (tx, { id }) => store(tx, id))
    request.noteSubject(user)
    return { user: await describe(options, user, request) }
  })
  handle(app, GetMlflowUser, async ({ username }, request) => {
    if (username !== request.principal.name) await requireManager(authorizer, request)
    return { user: await describe(options, await findUser(identities, username), request) }
  })
  handle(app, ListMlflowUsers, async (_input, { principal }) => {
    const { allowed } = await authorizer.decide(principal, 'MANAGE IDENTITIES', authorizer.metastore)
    const { rows } = await identities.list('user', allowed ? {} : { ids: [principal.id] })
    const admins = await administratorIds(identities)
    const rolesOf = await roles.ofUsers(rows, principal)
    const idOf = await ids.ofAll(rows.map(({ id }) => id))
    return {
      users: rows.map(({ id, name }) => ({
        ...{ id: idOf(id), username: name, is_admin: admins.has(id) },
        roles: rolesOf(id),
      })),
    }
  })
  handle(app, GetCurrentMlflowUser, async (_input, { principal }) => {
    const { id, name } = principal
    const is_admin = (await administratorIds(identities)).has(id)
    return {
      user: { id: await ids.of(id), username: name, is_admin },
      is_basic_auth: await passwords.has(id),
    }
  })
  handle(app, UpdateMlflowPassword, async (input, request) => {
    await changePassword(options, input, request)
    return {}
  })
  handle(app, UpdateMlflowAdmin, async ({ username, is_admin }, request) => {
    await ensureAdmins(options)
    request.noteSubject(ADMINS)
    await requireAuthorityOver(authorizer, request.principal, ADMINS)
    const user = await findUser(identities, username)
    const change = is_admin ? { add: [user.id] } : { remove: [user.id] }
    const changed = await identities.changeMembers(ADMINS.id, change, async (tx) => {
      if (!is_admin) await requireNoAdministrator(authorizer.within(tx), user)
    })
    await noteMembers(request, authorizer, changed)
    return {}
  })
  handle(app, DeleteMlflowUser, async ({ username }, request) => {
    if (username === request.principal.name)
      throw new ApiError(
        'BAD_REQUEST',
        'Users cannot delete their own account. Ask another admin to delete this user instead.',
      )
    await deletePrincipal(options, await findUser(identities, username), request)
    return {}
  })
}

/** @throws PERMISSION_DENIED, before the response reveals anything about another user */
export async function requireManager(authorizer: Authorizer, request: FastifyRequest): Promise<void> {
  await request.authorize('MANAGE IDENTITIES', authorizer.metastore)
}

async function describe(
  { identities, ids, held }: MlflowAuthParts,
  user: PrincipalRow,
  { principal }: FastifyRequest,
) {
  const user_id = await ids.of(user.id)
  const granted = (await held.of([user.id], principal)).get(user.id) ?? []
  const all = [...(await held.ownedBy(user.id, principal)), ...granted]
  const first = all.filter(
    (one, at) => one.object_id !== '*' && all.findIndex((other) => isSameObject(one, other)) === at,
  )
  const of = (type: string) =>
    first
      .filter(({ resource_type }) => resource_type === type)
      .map(({ resource_pattern, permission }) => ({
        resource_pattern,
        permission: permission === 'DENY' ? 'NO_PERMISSIONS' : permission,
      }))
  return {
    ...{ id: user_id, username: user.name, is_admin: (await administratorIds(identities)).has(user.id) },
    experiment_permissions: of('experiment').map(({ resource_pattern, permission }) => ({
      ...{ experiment_id: resource_pattern, user_id, permission },
    })),
    registered_model_permissions: of('registered_model').map(({ resource_pattern, permission }) => ({
      ...{ workspace: WORKSPACE, name: resource_pattern, user_id, permission },
    })),
    scorer_permissions: [],
  }
}

const isSameObject = (
  one: { resource_type: string; object_id: string },
  other: { resource_type: string; object_id: string },
) => one.resource_type === other.resource_type && one.object_id === other.object_id

/** Changes a password. The errors have MLflow's words, which its UI shows. */
async function changePassword(
  { authorizer, identities, passwords }: MlflowAuthParts,
  { username, password, current_password }: Input<typeof UpdateMlflowPassword>,
  request: FastifyRequest,
): Promise<void> {
  const { principal } = request
  const isSelf = username === principal.name
  if (!isSelf) await requireManager(authorizer, request)
  const user: Principal = await findUser(identities, username)
  request.noteSubject(user)
  if (isSelf) {
    if (!current_password) throw invalid('Current password is required when changing your own password.')
    const attempt = { name: username, password: current_password, address: request.ip }
    const verified = (await passwords.has(user.id)) && (await passwords.verify(attempt))
    if (!verified || verified.id !== user.id) throw invalid('Current password does not match.')
    if (password === current_password) throw invalid('New password must differ from the current password.')
  } else await requireAuthorityOver(authorizer, principal, user)
  await passwords.set(user.id, password, (tx) =>
    endSessionsIn(tx, user.id, isSelf ? principal.session : undefined),
  )
}

/** @throws INVALID_STATE if the user remains an administrator by other groups or grants */
async function requireNoAdministrator(authorizer: Authorizer, user: PrincipalRow) {
  if (await administers(authorizer, user))
    throw new ApiError(
      'INVALID_STATE',
      `'${user.name}' also administers by another group or a grant: end that first. Nothing was changed.`,
    )
}
