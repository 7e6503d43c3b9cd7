import { noteGrants } from '@cairn/platform/audit/note-grants'
import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { SecurableChain } from '@cairn/platform/auth/decide'
import type { Grants } from '@cairn/platform/auth/grants'
import type { Identities } from '@cairn/platform/auth/identities'
import { KINDS } from '@cairn/platform/auth/kinds'
import type { Principal } from '@cairn/platform/auth/principal'
import { decodePageToken, encodePageToken, pageOf, timeAndId } from '@cairn/platform/db/page'
import { ApiError, invalid } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import {
  type AccessRequest,
  ApproveAccessRequest,
  DeclineAccessRequest,
  ListAccessRequests,
  RequestAccess,
  WithdrawAccessRequest,
} from '@cairn/platform/protocol/cairn/access-requests'
import type { Input } from '@cairn/platform/protocol/operation'
import type { Privilege } from '@cairn/platform/protocol/privileges'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { type NamedSecurables, typeFrom } from '../permissions/named-securables.js'
import { approvalChange, rejectDenied } from './approval.js'
import { type ChainSources, chainById } from './chain-by-id.js'
import { Inbox } from './inbox.js'
import { readRequestedAccess } from './requested-access.js'
import { type AccessRequestStore, type NamedAccessRequest, noSuchRequest } from './store.js'

const DEFAULT_PAGE = 100
const MAX_PAGE = 1_000
const DAY_MS = 86_400_000

interface Options {
  readonly authorizer: Authorizer
  readonly grants: Grants
  readonly identities: Identities
  readonly named: NamedSecurables
  readonly sources: ChainSources
  readonly requests: AccessRequestStore
  readonly now: () => number
}

/** Requests for access: any principal sends them, and managers of the securable decide (ADR 40). */
export const accessRequestRoutes: FastifyPluginAsync<Options> = async (app, options) => {
  const { authorizer, requests, sources } = options
  const inbox = new Inbox(requests, authorizer, sources)

  handle(app, RequestAccess, async (input, { principal }) =>
    forRequester(await create(options, input, principal)),
  )
  handle(app, ListAccessRequests, async ({ box = 'mine', state, max_results, page_token }, { principal }) => {
    const limit = Math.min(max_results || DEFAULT_PAGE, MAX_PAGE)
    const after = decodePageToken(page_token, timeAndId)
    if (box === 'to_decide') {
      const { found, next } = await inbox.page(principal, state, after, limit)
      return {
        requests: found.map(({ row, chain }) => forManager(row, chain)),
        next_page_token: next ? encodePageToken(next) : null,
      }
    }
    const rows = await requests.list({ requester: principal.id, state }, after, limit + 1)
    const { page, last } = pageOf(rows, limit)
    return {
      requests: page.map(forRequester),
      next_page_token: last ? encodePageToken([last.created_at, last.id]) : null,
    }
  })
  handle(app, ApproveAccessRequest, (input, request) => approve(options, input, request))
  handle(app, DeclineAccessRequest, async ({ id, comment }, request) => {
    const { chain } = await requireDecidable(options, request, id)
    await requests.end(id, { state: 'declined', by: request.principal.id, comment })
    return forManager(await requests.get(id), chain)
  })
  handle(app, WithdrawAccessRequest, async ({ id }, { principal }) => {
    const row = await requests.get(id)
    if (row.requester !== principal.id) throw noSuchRequest(id)
    await requests.end(id, { state: 'withdrawn', by: principal.id })
    return forRequester(await requests.get(id))
  })
}

/**
 * Creates a request. Treats absent securables like hidden ones, so that the response does not reveal them.
 *
 * @throws INVALID_STATE if the caller already has the access and may know that the securable exists
 */
async function create(
  { authorizer, named, requests }: Options,
  input: Input<typeof RequestAccess>,
  principal: Principal,
): Promise<NamedAccessRequest> {
  const { securable_type, full_name, privileges, level, reason = '', expires_in_days } = input
  const grantDays = input.grant_expires_in_days
  const type = typeFrom(securable_type)
  const access = readRequestedAccess(type, {
    ...(privileges && { privileges }),
    ...(level !== undefined && { level }),
  })
  const chain = await named.locate(type, full_name)
  const [securable] = chain
  // Both decisions are made for an absent securable too, so that the response time does not reveal its absence.
  const holds = await holdsAll(authorizer, principal, access.privileges, chain)
  const sees =
    type === 'metastore' || (await authorizer.decide(principal, KINDS[type].visibility, chain)).allowed
  if (holds && sees && !securable.absent)
    throw new ApiError(
      'INVALID_STATE',
      `'${principal.name}' has ${access.privileges.join(', ')} on ${type} '${full_name}' already.`,
    )
  return requests.create({
    ...{ ...access, requester: principal.id, type, askedName: full_name, reason: reason.trim() },
    ...{
      securableId: securable.absent ? undefined : securable.id,
      expiresInDays: expires_in_days,
      grantDays,
    },
  })
}

/** Grants and ends the request in one transaction. */
async function approve(
  options: Options,
  { id, privileges, level, grant_expires_in_days, comment }: Input<typeof ApproveAccessRequest>,
  request: FastifyRequest,
): Promise<AccessRequest> {
  const { authorizer, grants, identities, requests, now } = options
  const { row, chain } = await requireDecidable(options, request, id)
  const granted = privilegesToGrant(row, {
    ...(privileges && { privileges }),
    ...(level !== undefined && { level }),
  })
  await authorizer.requireGrantable(request.principal, granted, chain)
  const requester = await identities.get(row.requester)
  const change = await approvalChange(authorizer, requester, granted, chain)
  const grantDays = grant_expires_in_days ?? row.grant_days ?? undefined
  if (grantDays !== undefined) await rejectDenied(grants, requester, chain)
  const outcome = { state: 'approved', by: request.principal.id, comment, granted, grantDays } as const
  const applied = await grants.change(chain[0], [change], request.principal, {
    ...(grantDays !== undefined && { expiresAt: now() + grantDays * DAY_MS }),
    also: (tx) => requests.endIn(tx, id, outcome),
  })
  await noteGrants(request, authorizer, applied)
  return forManager(await requests.get(id), chain)
}

async function holdsAll(
  authorizer: Authorizer,
  principal: Principal,
  privileges: readonly Privilege[],
  chain: SecurableChain,
): Promise<boolean> {
  for (const privilege of privileges)
    if (!(await authorizer.decide(principal, privilege, chain)).allowed) return false
  return true
}

/**
 * Returns the request if the caller manages its securable.
 *
 * @throws RESOURCE_DOES_NOT_EXIST for a request that is hidden from the caller, PERMISSION_DENIED for the caller's own request,
 * also if the securable does not exist
 */
async function requireDecidable(
  { authorizer, requests, sources }: Options,
  request: FastifyRequest,
  id: string,
): Promise<{ row: NamedAccessRequest; chain: SecurableChain }> {
  const row = await requests.get(id)
  const { principal } = request
  const chain =
    row.securable_id === null ? undefined : await chainById(sources, row.securable_type, row.securable_id)
  if (chain && (await authorizer.decide(principal, 'MANAGE', chain)).allowed) {
    await request.authorize('MANAGE', chain)
    return { row, chain }
  }
  if (row.requester !== principal.id) throw noSuchRequest(id)
  throw new ApiError(
    'PERMISSION_DENIED',
    `Only a manager of ${row.securable_type} '${row.asked_name}' decides about this request.`,
  )
}

/** Returns the privileges to grant: the requested ones, or fewer. @throws INVALID_PARAMETER_VALUE for more */
function privilegesToGrant(
  row: NamedAccessRequest,
  choice: { privileges?: readonly string[]; level?: string },
): readonly Privilege[] {
  const requested = JSON.parse(row.privileges) as Privilege[]
  if (choice.privileges === undefined && choice.level === undefined) return requested
  const { privileges } = readRequestedAccess(row.securable_type, choice)
  const more = privileges.find((privilege) => !requested.includes(privilege))
  if (more) throw invalid(`${more} was not asked for: grant ${requested.join(', ')} or some of them.`)
  return privileges
}

function forRequester(row: NamedAccessRequest): AccessRequest {
  const { level, expires_at, decided_at, comment, granted, grant_days: days } = row
  const ends = days !== null && row.state === 'approved' && decided_at !== null
  return {
    ...{ id: row.id, state: row.state, requester: row.requester_name, securable_type: row.securable_type },
    ...{ full_name: row.asked_name, privileges: JSON.parse(row.privileges), reason: row.reason },
    created_at: row.created_at,
    ...(level !== null && { level }),
    ...(expires_at !== null && { expires_at }),
    ...(days !== null && { grant_expires_in_days: days }),
    ...(decided_at !== null && { decided_at, decided_by: row.decider_name ?? row.decided_by ?? '' }),
    ...(comment !== null && { comment }),
    ...(granted !== null && { granted: JSON.parse(granted) }),
    ...(ends && { grant_expires_at: decided_at + days * DAY_MS }),
  }
}

const forManager = (row: NamedAccessRequest, [{ id, name }]: SecurableChain): AccessRequest => ({
  ...forRequester(row),
  full_name: name,
  securable_id: id,
})
