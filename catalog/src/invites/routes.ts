import { ensureAdmins } from '@cairn/platform/auth/admins'
import { rejectAttempt } from '@cairn/platform/auth/attempt-token'
import { missingAuthority, requireAuthorityOver } from '@cairn/platform/auth/authority'
import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { Grants } from '@cairn/platform/auth/grants'
import { checkName, type Identities } from '@cairn/platform/auth/identities'
import type { Invite, Invites } from '@cairn/platform/auth/invites'
import { inviteUrl } from '@cairn/platform/auth/invites'
import { changeMembersIn } from '@cairn/platform/auth/members'
import type { Passwords } from '@cairn/platform/auth/passwords'
import { ADMINS, type Principal } from '@cairn/platform/auth/principal'
import { endSessionsIn } from '@cairn/platform/auth/sessions'
import type { Tokens } from '@cairn/platform/auth/tokens'
import { ApiError, invalid } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import { forbidStoring } from '@cairn/platform/http/response/no-store'
import {
  AcceptInvite,
  CreateInvite,
  CreatePasswordReset,
  DeleteInvite,
  ListInvites,
  LookUpInvite,
} from '@cairn/platform/protocol/cairn/sign-in'
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import { matchingPage, textMatcher } from '../identities/matching-page.js'
import { type BrowserSessions, openSession } from '../sign-in/open-session.js'

interface Options extends BrowserSessions {
  readonly tokens: Tokens
  readonly authorizer: Authorizer
  readonly identities: Identities
  readonly grants: Grants
  readonly invites: Invites
  readonly passwords: Passwords
  readonly publicUrl: string
  readonly now: () => number
}

const DEFAULT_HOURS = 72

/** One-time links: administrators create them, people create accounts and set passwords with them. */
export const inviteRoutes: FastifyPluginAsync<Options> = async (app, options) => {
  forbidStoring(app)
  administration(app, options)
  const { invites, identities } = options
  handle(app, LookUpInvite, async ({ code }) => {
    const { principal_id, name, expires_at } = await invites.get(code)
    const user = principal_id === null ? undefined : await identities.find(principal_id)
    return { purpose: user ? 'reset' : 'join', name: user?.name ?? name, expires_at }
  })
  handle(app, AcceptInvite, async ({ code, name, display_name, password }, request, reply) => {
    const person = { name: name?.trim(), displayName: display_name?.trim(), password }
    const principal = await invites.use(code, async (invite) => {
      await requireCreator(options, invite)
      return invite.principal_id === null
        ? createAccount(options, invite, person)
        : setPassword(options, invite.principal_id, password)
    })
    request.noteActor(principal)
    request.noteSubject(principal)
    await openSession(options, { principalId: principal.id, method: 'invite' }, request, reply)
    return { name: principal.name }
  })
}

function administration(app: FastifyInstance, options: Options) {
  const { authorizer, identities, grants, invites, publicUrl, now } = options
  const link = ({ secret, invite }: { secret: string; invite: Invite }, request: FastifyRequest) => {
    const base = publicUrl || `${request.protocol}://${request.headers.host}`
    return { id: invite.id, url: inviteUrl(base, secret), expires_at: invite.expires_at }
  }
  handle(app, CreateInvite, async ({ name, groups = [], hours = DEFAULT_HOURS }, request) => {
    await rejectAttempt(options.tokens, request.principal)
    if (name) checkName(name)
    if (name && (await identities.find(name))) throw invalid(`'name': the account '${name}' already exists.`)
    if (groups.includes(ADMINS.name) || groups.includes(ADMINS.id)) {
      await requireAuthorityOver(authorizer, request.principal, ADMINS)
      await ensureAdmins({ identities, grants })
    }
    const found = await findGroups(identities, groups)
    for (const group of found) await requireAuthorityOver(authorizer, request.principal, group)
    const created = await invites.create({
      ...{ name, groupIds: found.map(({ id }) => id) },
      ...{ createdBy: request.principal.id, seconds: hours * 3600 },
    })
    request.noteChange({ field: 'groups', added: found.map((group) => group.name) })
    return link(created, request)
  })
  handle(app, CreatePasswordReset, async ({ id, hours = DEFAULT_HOURS }, request) => {
    await rejectAttempt(options.tokens, request.principal)
    const user = await identities.get(id)
    if (user.type !== 'user') throw invalid(`'id': '${user.name}' is not a user and has no password.`)
    await requireAuthorityOver(authorizer, request.principal, user)
    const facts = { principalId: user.id, createdBy: request.principal.id, seconds: hours * 3600 }
    return link(await invites.create(facts), request)
  })
  handle(app, ListInvites, async ({ search, ...page }) => {
    const matches = textMatcher(search)
    const { rows, next_page_token } = await matchingPage(page, {
      fetch: async (before, limit) => withNames(authorizer, await invites.list(before, limit)),
      matches: ({ name, created_by, expires_at }) => expires_at > now() && matches(name, created_by),
    })
    const groupOf = await authorizer.names(rows.flatMap(({ group_ids }) => group_ids))
    return {
      invites: rows.map(({ group_ids, ...invite }) => ({ ...invite, groups: group_ids.map(groupOf) })),
      next_page_token,
    }
  })
  handle(app, DeleteInvite, async ({ id }) => {
    await invites.delete(id)
    return {}
  })
}

async function withNames(authorizer: Authorizer, batch: readonly Invite[]) {
  const nameOf = await authorizer.names(
    batch.flatMap(({ principal_id, created_by }) => [principal_id ?? '', created_by]),
  )
  return batch.map(({ principal_id, created_by, used_at: _, ...invite }) => ({
    ...invite,
    created_by: nameOf(created_by),
    purpose: principal_id === null ? 'join' : 'reset',
    name: principal_id === null ? invite.name : nameOf(principal_id),
  }))
}

async function findGroups(identities: Identities, names: readonly string[]): Promise<Principal[]> {
  const found = await Promise.all(names.map((name) => identities.find(name)))
  return found.map((group, at) => {
    if (group?.type !== 'group') throw invalid(`'groups[${at}]': the group '${names[at]}' does not exist.`)
    return group
  })
}

/**
 * Requires that the creator of a link may still grant the access that the link grants.
 *
 * @throws PERMISSION_DENIED
 */
async function requireCreator({ authorizer, identities }: Options, invite: Invite) {
  const creator = await identities.find(invite.created_by)
  const denied = new ApiError(
    'PERMISSION_DENIED',
    'The creator of this link may no longer create it. Ask an administrator for another one.',
  )
  if (creator?.active !== 1) throw denied
  const manages = await authorizer.decide(creator, 'MANAGE IDENTITIES', authorizer.metastore)
  if (!manages.allowed) throw denied
  const targets = invite.principal_id === null ? invite.group_ids : [invite.principal_id]
  for (const id of targets) {
    const target = await identities.find(id)
    if (target && (await missingAuthority(authorizer, creator, target))) throw denied
  }
}

interface Person {
  readonly name: string | undefined
  readonly displayName: string | undefined
  readonly password: string
}

/** Creates an account. Groups that were deleted since the invitation are left out. */
async function createAccount(
  { identities, passwords }: Options,
  invite: Invite,
  { name: chosen, displayName, password }: Person,
): Promise<Principal> {
  const name = invite.name || chosen
  if (!name) throw invalid("Missing value for required parameter 'name'.")
  if (chosen && chosen !== name) throw invalid(`'name': the invitation is for '${name}'.`)
  const groups: string[] = []
  for (const id of invite.group_ids) if (await identities.find(id)) groups.push(id)
  const store = await passwords.prepare(name, password)
  return identities.create('user', name, displayName || name, async (tx, user) => {
    await store(tx, user.id)
    for (const id of groups) await changeMembersIn(tx, id, { add: [user.id] })
  })
}

/** Sets a password and ends all sessions of the user, because a stolen password may have opened one. */
async function setPassword(
  { identities, passwords }: Options,
  principalId: string,
  password: string,
): Promise<Principal> {
  const user = await identities.get(principalId)
  if (user.active !== 1) throw invalid(`The account '${user.name}' is deactivated: ask an administrator.`)
  await passwords.set(user.id, password, (tx) => endSessionsIn(tx, user.id))
  return user
}
