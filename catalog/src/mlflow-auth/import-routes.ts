import { ensureAdmins } from '@cairn/platform/auth/admins'
import { requireAuthorityOver } from '@cairn/platform/auth/authority'
import type { Identities } from '@cairn/platform/auth/identities'
import { verifyPassword } from '@cairn/platform/auth/password-hash'
import { ADMINS, isBuiltIn, type PrincipalType } from '@cairn/platform/auth/principal'
import type { PrincipalRow } from '@cairn/platform/auth/schema'
import { ApiError, messageOf } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import { ImportRole, ImportUser } from '@cairn/platform/protocol/cairn/imports'
import type { Input } from '@cairn/platform/protocol/operation'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { noteMembers } from '../identities/note-members.js'
import type { ImportedUsers } from './imported-users.js'
import { objectTypeOf, PUBLISHED_PASSWORDS } from './levels.js'
import type { MlflowAuthParts } from './options.js'

export interface ImportOptions extends MlflowAuthParts {
  readonly imported: ImportedUsers
}

/** Imports of the users and roles of an MLflow server, for `cairn migrate mlflow --auth-database`. */
export const importRoutes: FastifyPluginAsync<ImportOptions> = async (app, options) => {
  const { authorizer, identities } = options
  handle(app, ImportUser, async (input, request) => {
    const { row, isNew } = await ensurePrincipal(identities, 'user', input.name)
    request.noteSubject(row)
    await requireAuthorityOver(authorizer, request.principal, row)
    if (isNew) await options.imported.add(row.id)
    const { left_out, isSet } = await importPassword(options, row, isNew, input)
    if (isSet) request.noteChange({ field: 'password', after: 'imported' })
    if (input.is_admin !== undefined) await setAdministrator(options, row, input.is_admin, request)
    left_out.push(...(await importPermissions(options, row, input.permissions, request)))
    return { outcome: isNew ? ('created' as const) : ('merged' as const), left_out }
  })
  handle(app, ImportRole, async ({ name, description, users, permissions }, request) => {
    const { row, isNew } = await ensurePrincipal(identities, 'group', name, description)
    request.noteSubject(row)
    await requireAuthorityOver(authorizer, request.principal, row)
    const found = await Promise.all(users.map((user) => identities.find(user)))
    const isUser = (at: number) =>
      found[at]?.type === 'user' && found[at].name === users[at] && !isBuiltIn(found[at].id)
    const members = found.filter((_, at) => isUser(at)).map((one) => one!.id)
    await noteMembers(request, authorizer, await identities.changeMembers(row.id, { add: members }))
    const absent = users.filter((_, at) => !isUser(at))
    const left_out = [
      ...absent.map((user) => `Role '${name}': the user '${user}' does not exist here.`),
      ...(await importPermissions(options, row, permissions, request)),
    ]
    return { outcome: isNew ? ('created' as const) : ('merged' as const), left_out }
  })
}

/** @throws RESOURCE_ALREADY_EXISTS for the name of a built-in principal, or of another type */
async function ensurePrincipal(
  identities: Identities,
  type: PrincipalType,
  name: string,
  displayName?: string,
): Promise<{ row: PrincipalRow; isNew: boolean }> {
  const known = await identities.find(name)
  if (!known) return { row: await identities.create(type, name, displayName || name), isNew: true }
  if (known.type === type && known.name === name && !isBuiltIn(known.id)) return { row: known, isNew: false }
  throw new ApiError(
    'RESOURCE_ALREADY_EXISTS',
    `The name '${name}' belongs to a ${isBuiltIn(known.id) ? 'built-in ' : ''}${known.type.replace('_', ' ')} here: rename it first.`,
  )
}

/** Keeps the password of an account that no import created: it may not belong to the MLflow user of the same name. */
async function importPassword(
  { passwords, sessions, imported }: ImportOptions,
  user: PrincipalRow,
  isNew: boolean,
  { password_hash: hash, replace_password = false, is_admin }: Input<typeof ImportUser>,
): Promise<{ left_out: string[]; isSet: boolean }> {
  const leftOut = (reason: string) => ({ left_out: [reason], isSet: false })
  if (hash === undefined) return { left_out: [], isSet: false }
  if (!isNew && !(replace_password && (await imported.has(user.id))))
    return leftOut(
      (await passwords.has(user.id))
        ? `'${user.name}' keeps its password of this server.`
        : `'${user.name}' exists here without a password and gets none: \`cairn users reset-password ${user.name}\` prints a link.`,
    )
  if (is_admin)
    for (const password of PUBLISHED_PASSWORDS)
      if (await verifyPassword(password, hash))
        return leftOut(
          `The administrator '${user.name}' has a password that MLflow has published, and comes without one: \`cairn users reset-password ${user.name}\` prints a link.`,
        )
  await passwords.setHash(user.id, hash)
  if (!isNew) await sessions.endAll(user.id)
  return { left_out: [], isSet: true }
}

async function setAdministrator(
  { authorizer, identities, grants }: ImportOptions,
  user: PrincipalRow,
  isAdmin: boolean,
  request: FastifyRequest,
) {
  await ensureAdmins({ identities, grants })
  await requireAuthorityOver(authorizer, request.principal, ADMINS)
  const change = isAdmin ? { add: [user.id] } : { remove: [user.id] }
  const { added, removed } = await identities.changeMembers(ADMINS.id, change)
  if (added.length + removed.length === 0) return
  const groups = [ADMINS.name]
  request.noteChange({ field: 'groups', ...(isAdmin ? { added: groups } : { removed: groups }) })
}

/** @returns a sentence for each permission that cannot be imported, for example because the object does not exist here */
async function importPermissions(
  { changes }: ImportOptions,
  holder: PrincipalRow,
  permissions: Input<typeof ImportUser>['permissions'],
  request: FastifyRequest,
): Promise<string[]> {
  const leftOut: string[] = []
  for (const { resource_type, resource_id, permission } of permissions)
    try {
      const resource = await changes.managed(request, objectTypeOf(resource_type), resource_id)
      const denial = permission === 'NO_PERMISSIONS' ? permission : 'DENY'
      const isOwner = !resource.isEverything && resource.chain[0].owner === holder.id
      if (!isOwner) await changes.set(resource, holder, permission, { request, denial })
    } catch (error) {
      if (!(error instanceof ApiError) || error.statusCode >= 500) throw error
      leftOut.push(
        `${permission} of '${holder.name}' on ${resource_type} '${resource_id}': ${messageOf(error)}`,
      )
    }
  return leftOut
}
