import type { SecurableChain } from '@cairn/platform/auth/decide'
import type { NamedGrant } from '@cairn/platform/auth/grants'
import type { Principal } from '@cairn/platform/auth/principal'
import { SIGHT } from '@cairn/platform/auth/refusal'
import { invalid } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import {
  Explain,
  GetEffectivePermissions,
  GetPermissions,
  UpdatePermissions,
} from '@cairn/platform/protocol/permissions'
import { grantableOn, type Privilege } from '@cairn/platform/protocol/privileges'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { Rooms } from '../rooms.js'
import { isNamedType } from '../securables/names.js'
import { assignments, effectiveAssignments } from './effective.js'
import { explainToManager, explainToSelf } from './explain.js'
import { readPrivilege, spellingFor } from './spelling.js'

export const permissionRoutes: FastifyPluginAsync<Rooms> = async (app, rooms) => {
  const { context, locator } = rooms
  const spelling = (request: FastifyRequest) => spellingFor(request.headers['user-agent'])

  handle(app, GetPermissions, async ({ securable_type, full_name, principal }, request) => {
    const chain = await openSecurable(rooms, request, securable_type, full_name)
    const grants = await visibleGrants(rooms, request.principal, chain, [chain[0]])
    const asked = principal === undefined ? grants : grants.filter((one) => one.principal === principal)
    return { privilege_assignments: assignments(asked, spelling(request)) }
  })
  handle(app, UpdatePermissions, async ({ securable_type, full_name, changes }, request) => {
    const chain = await locator.find(typeFrom(securable_type), full_name)
    await request.authorize('MANAGE', chain)
    const touched = await Promise.all(changes.map((change) => context.identities.get(change.principal)))
    const ready = changes.map(({ add = [], remove = [] }, index) => ({
      principal_id: touched[index]!.id,
      add: add.map(readPrivilege),
      remove: remove.map(readPrivilege),
    }))
    await context.grants.change(chain[0], ready, request.principal)
    const ids = new Set(touched.map((one) => one.id))
    const grants = await context.grants.onChain([chain[0]])
    const left = grants.filter((grant) => ids.has(grant.principal_id))
    return { privilege_assignments: assignments(left, spelling(request)) }
  })
  handle(app, GetEffectivePermissions, async ({ securable_type, full_name, principal }, request) => {
    const chain = await openSecurable(rooms, request, securable_type, full_name)
    const grants = await visibleGrants(rooms, request.principal, chain, chain)
    if (principal === undefined)
      return { privilege_assignments: effectiveAssignments(chain, grants, spelling(request)) }
    const holder = await context.identities.find(principal)
    const identities = holder ? await context.authorizer.identities(holder) : new Set<string>()
    const held = grants.filter((grant) => identities.has(grant.principal_id))
    const answer = effectiveAssignments(chain, held, spelling(request), holder?.name)
    return { privilege_assignments: answer }
  })
  handle(app, Explain, async (input, request) => {
    const type = typeFrom(input.securable_type)
    const privilege = readPrivilege(input.privilege)
    if (!grantableOn(privilege, type)) throw invalid(`${privilege} means nothing on a ${type}.`)
    const chain = await locator.find(type, input.full_name)
    const about = input.principal ?? request.principal.name
    const self = about === request.principal.name
    if (!self) await requireManager(rooms, request, chain)
    const principal = self ? request.principal : await context.identities.get(about)
    const explain = self ? explainToSelf : explainToManager
    const answer = await explain(context.authorizer, principal, privilege, chain)
    return { principal: principal.name, privilege, securable_type: type, full_name: chain[0].name, ...answer }
  })
}

function typeFrom(word: string) {
  const type = word.toLowerCase()
  if (type === 'metastore' || isNamedType(type)) return type
  throw invalid(
    `Invalid securable_type '${word.slice(0, 100)}': one of metastore, catalog, schema, table, volume.`,
  )
}

/** Everybody may ask about the metastore, and about the rest who sees it. */
async function openSecurable(
  { locator }: Rooms,
  request: FastifyRequest,
  word: string,
  fullName: string,
): Promise<SecurableChain> {
  const type = typeFrom(word)
  const chain = await locator.find(type, fullName)
  if (type !== 'metastore') await request.authorize(SIGHT[type], chain)
  return chain
}

/** The grants on some of a chain: all for those who manage its first securable, to others their own. */
async function visibleGrants(
  { context }: Rooms,
  principal: Principal,
  chain: SecurableChain,
  on: SecurableChain,
): Promise<readonly NamedGrant[]> {
  const grants = await context.grants.onChain(on)
  const { allowed } = await context.authorizer.decide(principal, MANAGES, chain)
  if (allowed) return grants
  const own = await context.authorizer.identities(principal)
  return grants.filter((grant) => own.has(grant.principal_id))
}

const MANAGES: readonly Privilege[] = ['MANAGE']

/** @throws PERMISSION_DENIED unless the caller manages the securable, or reads the audit of the workspace */
async function requireManager({ context }: Rooms, request: FastifyRequest, chain: SecurableChain) {
  const auditor = await context.authorizer.decide(
    request.principal,
    'READ AUDIT',
    context.authorizer.metastore,
  )
  if (!auditor.allowed || chain[0].absent) await request.authorize('MANAGE', chain)
}
