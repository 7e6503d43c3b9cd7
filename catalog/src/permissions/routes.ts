import { noteGrants } from '@cairn/platform/audit/note-grants'
import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { SecurableChain } from '@cairn/platform/auth/decide'
import type { Grants, NamedGrant } from '@cairn/platform/auth/grants'
import type { Identities } from '@cairn/platform/auth/identities'
import { KINDS } from '@cairn/platform/auth/kinds'
import type { Principal } from '@cairn/platform/auth/principal'
import { invalid } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import { Explain } from '@cairn/platform/protocol/cairn/explain'
import { grantableOn, type Privilege } from '@cairn/platform/protocol/privileges'
import {
  GetEffectivePermissions,
  GetPermissions,
  UpdatePermissions,
} from '@cairn/platform/protocol/unity/permissions'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { Locator } from '../securables/locator.js'
import { isObjectType, type Objects } from '../securables/objects.js'
import { assignments, effectiveAssignments } from './effective.js'
import { explainToManager, explainToSelf } from './explain.js'
import { type NamedSecurables, typeFrom } from './named-securables.js'
import { readPrivilege, spellingFor } from './spelling.js'

interface Options {
  readonly authorizer: Authorizer
  readonly grants: Grants
  readonly identities: Identities
  readonly locator: Locator
  readonly objects: Objects
  readonly named: NamedSecurables
}

export const permissionRoutes: FastifyPluginAsync<Options> = async (app, options) => {
  const { authorizer, grants, identities, locator, objects, named } = options
  const spelling = (request: FastifyRequest) => spellingFor(request.headers['user-agent'])

  handle(app, GetPermissions, async ({ securable_type, full_name, principal }, request) => {
    const chain = await named.visible(request, securable_type, full_name)
    const visible = await visibleGrants(options, request.principal, chain, [chain[0]])
    const matching =
      principal === undefined ? visible : visible.filter((grant) => grant.principal === principal)
    return { privilege_assignments: assignments(matching, spelling(request)) }
  })
  handle(app, UpdatePermissions, async ({ securable_type, full_name, changes }, request) => {
    const chain = await named.managed(request, securable_type, full_name)
    const principals = await Promise.all(changes.map((change) => identities.get(change.principal)))
    const grantChanges = changes.map(({ add = [], remove = [] }, index) => ({
      principal_id: principals[index]!.id,
      add: add.map(readPrivilege),
      remove: remove.map(readPrivilege),
    }))
    const added = grantChanges.flatMap(({ add }) => add)
    await authorizer.requireGrantable(request.principal, added, chain)
    await noteGrants(request, authorizer, await grants.change(chain[0], grantChanges, request.principal))
    const ids = new Set(principals.map(({ id }) => id))
    const current = await grants.onChain([chain[0]])
    const changed = current.filter((grant) => ids.has(grant.principal_id))
    return { privilege_assignments: assignments(changed, spelling(request)) }
  })
  handle(app, GetEffectivePermissions, async ({ securable_type, full_name, principal }, request) => {
    const chain = await named.visible(request, securable_type, full_name)
    const visible = await visibleGrants(options, request.principal, chain, chain)
    if (principal === undefined)
      return { privilege_assignments: effectiveAssignments(chain, visible, spelling(request)) }
    const holder = await identities.find(principal)
    const ids = holder ? await authorizer.identities(holder) : new Set<string>()
    const effective = visible.filter((grant) => ids.has(grant.principal_id))
    return {
      privilege_assignments: effectiveAssignments(chain, effective, spelling(request), holder?.name),
    }
  })
  handle(app, Explain, async (input, request) => {
    const type = typeFrom(input.securable_type)
    const privilege = readPrivilege(input.privilege)
    if (!grantableOn(privilege, type)) throw invalid(`${privilege} is not a privilege on a ${type}.`)
    const chain = isObjectType(type)
      ? await objects.require(request, KINDS[type].visibility, type, input.full_name)
      : await locator.find(type, input.full_name)
    const name = input.principal ?? request.principal.name
    const self = name === request.principal.name
    if (!self) await requireManager(authorizer, request, chain)
    const principal = self ? request.principal : await identities.get(name)
    const explain = self ? explainToSelf : explainToManager
    const explanation = await explain(authorizer, principal, privilege, chain)
    return {
      principal: principal.name,
      privilege,
      securable_type: type,
      full_name: chain[0].name,
      ...explanation,
    }
  })
}

/** Returns the grants on `securables` of a chain: all with MANAGE on its first securable, otherwise the principal's own. */
async function visibleGrants(
  { authorizer, grants }: Options,
  principal: Principal,
  chain: SecurableChain,
  securables: SecurableChain,
): Promise<readonly NamedGrant[]> {
  const all = await grants.onChain(securables)
  const { allowed } = await authorizer.decide(principal, MANAGES, chain)
  if (allowed) return all
  const own = await authorizer.identities(principal)
  return all.filter((grant) => own.has(grant.principal_id))
}

const MANAGES: readonly Privilege[] = ['MANAGE']

/** @throws PERMISSION_DENIED unless the caller has MANAGE on the securable, or READ AUDIT on the metastore */
async function requireManager(authorizer: Authorizer, request: FastifyRequest, chain: SecurableChain) {
  const auditor = await authorizer.decide(request.principal, 'READ AUDIT', authorizer.metastore)
  if (!auditor.allowed || chain[0].absent) await request.authorize('MANAGE', chain)
}
