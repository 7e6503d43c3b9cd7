import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { Grants } from '@cairn/platform/auth/grants'
import type { Identities } from '@cairn/platform/auth/identities'
import type { PrincipalRow } from '@cairn/platform/auth/schema'
import type { Db } from '@cairn/platform/db/db'
import { handle } from '@cairn/platform/http/handle'
import {
  ExportObjectReview,
  ExportPrincipalReview,
  ReviewObject,
  ReviewPrincipal,
} from '@cairn/platform/protocol/cairn/access-review'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { NamedSecurables } from '../permissions/named-securables.js'
import type { CatalogSchema } from '../schema.js'
import type { Stores } from './all-securables.js'
import { REASON_COLUMNS, reasonLines } from './csv.js'
import { Exports } from './exports.js'
import { ObjectReview } from './object-review.js'
import { PrincipalReview } from './principal-review.js'

const DEFAULT_PAGE = 100
const MAX_PAGE = 1_000

interface Options {
  readonly db: Db<CatalogSchema>
  readonly authorizer: Authorizer
  readonly grants: Grants
  readonly identities: Identities
  readonly named: NamedSecurables
  readonly stores: Stores
}

const limitOf = (maxResults: number | undefined) => Math.min(maxResults || DEFAULT_PAGE, MAX_PAGE)

/** Reviews the access to a securable and the access of a principal, with the grants that decide. */
export const accessReviewRoutes: FastifyPluginAsync<Options> = async (app, options) => {
  const { db, authorizer, grants, named, stores } = options
  const ofObject = new ObjectReview(db.for(), grants, authorizer)
  const ofPrincipal = new PrincipalReview(db.for(), authorizer, stores)
  const exports = new Exports()

  handle(app, ReviewObject, async ({ securable_type, full_name, max_results, page_token }, request) => {
    const chain = await named.reviewable(request, securable_type, full_name)
    const page = await ofObject.page(chain, {
      ...{ limit: limitOf(max_results), page_token },
      members: await membersFor(options, request),
    })
    return { securable_type: chain[0].type, full_name: chain[0].name, ...page }
  })
  handle(app, ReviewPrincipal, async ({ principal, max_results, page_token }, request) => {
    const row = await reviewablePrincipal(options, request, principal)
    const page = await ofPrincipal.page(row, limitOf(max_results), page_token)
    return { principal: row.name, principal_type: row.type, active: row.active === 1, ...page }
  })
  handle(app, ExportObjectReview, async ({ securable_type, full_name }, request, reply) => {
    const chain = await named.reviewable(request, securable_type, full_name)
    return exports.send(request, reply, {
      name: `access-to-${chain[0].type}`,
      head: ['principal', 'principal_type', 'active', ...REASON_COLUMNS],
      page: async (token) => {
        const { entries, next_page_token } = await ofObject.page(
          await named.reviewable(request, securable_type, full_name),
          { limit: DEFAULT_PAGE, page_token: token, members: await membersFor(options, request) },
        )
        const text = entries.map((one) =>
          reasonLines([one.principal, one.principal_type, String(one.active)], one.privileges),
        )
        return { text: text.join(''), next_page_token }
      },
    })
  })
  handle(app, ExportPrincipalReview, async ({ principal }, request, reply) => {
    await reviewablePrincipal(options, request, principal)
    return exports.send(request, reply, {
      name: 'access-of-principal',
      head: ['securable_type', 'securable_id', 'securable', ...REASON_COLUMNS],
      page: async (token) => {
        const row = await reviewablePrincipal(options, request, principal)
        const { entries, next_page_token } = await ofPrincipal.page(row, DEFAULT_PAGE, token)
        const text = entries.map((one) =>
          reasonLines([one.securable_type, one.securable_id, one.full_name], one.privileges),
        )
        return { text: text.join(''), next_page_token }
      },
    })
  })
}

/** Returns the groups whose members the caller may know: auditors may know all. */
async function membersFor({ authorizer }: Options, { principal }: FastifyRequest) {
  const { allowed } = await authorizer.decide(principal, 'READ AUDIT', authorizer.metastore)
  return allowed ? 'all' : 'of the object'
}

/** @throws PERMISSION_DENIED for another principal without READ AUDIT, RESOURCE_DOES_NOT_EXIST */
async function reviewablePrincipal(
  { authorizer, identities }: Options,
  request: FastifyRequest,
  principal: string | undefined,
): Promise<PrincipalRow> {
  const { id, name } = request.principal
  if (principal === undefined || principal === name || principal === id) return identities.get(id)
  await request.authorize('READ AUDIT', authorizer.metastore)
  return identities.get(principal)
}
