import { Readable } from 'node:stream'
import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { Securables } from '@cairn/platform/auth/securables'
import type { Db } from '@cairn/platform/db/db'
import { decodePageToken, encodePageToken, pageOf, timeAndId } from '@cairn/platform/db/page'
import { handle } from '@cairn/platform/http/handle'
import { ExportAudit, ListAudit } from '@cairn/platform/protocol/audit'
import type { Input } from '@cairn/platform/protocol/operation'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { CatalogSchema } from '../schema.js'
import type { Locator } from '../securables/locator.js'
import { isObjectType, type Objects } from '../securables/objects.js'
import { MAX_PAGE } from '../securables/visible-page.js'
import { eventOf } from './event.js'
import { exportEvents } from './export.js'
import { type AuditFilter, AuditStore } from './store.js'

const DEFAULT_PAGE = 100

interface Options {
  readonly db: Db<CatalogSchema>
  readonly authorizer: Authorizer
  readonly locator: Locator
  readonly objects: Objects
  readonly securables: Securables
}

export const auditRoutes: FastifyPluginAsync<Options> = async (app, options) => {
  const audit = new AuditStore(options.db)

  handle(app, ListAudit, async ({ max_results, page_token, ...filter }, request) => {
    const allowed = await allowedFilter(options, request, filter)
    await app.audit?.flush()
    const limit = Math.min(max_results || DEFAULT_PAGE, MAX_PAGE)
    const before = decodePageToken(page_token, timeAndId)
    const { page, last } = pageOf(await audit.list(allowed, before, limit + 1), limit)
    return {
      events: page.map(eventOf),
      next_page_token: last ? encodePageToken([last.event_time, last.event_id]) : null,
    }
  })

  handle(app, ExportAudit, async ({ format = 'jsonl', ...filter }, request, reply) => {
    const allowed = await allowedFilter(options, request, filter)
    await app.audit?.flush()
    const check = async () => {
      await request.reauthenticate()
      await allowedFilter(options, request, filter)
    }
    return reply
      .type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/jsonl; charset=utf-8')
      .header('content-disposition', `attachment; filename="audit.${format}"`)
      .send(Readable.from(exportEvents(audit, allowed, { format, check })))
  })
}

type Filter = Omit<Input<typeof ListAudit>, 'max_results' | 'page_token'>

/**
 * What of a filter the caller may read: everything with READ AUDIT. MANAGE on a securable covers its own events and those of
 * what is in it, by id: another securable had the name before, or an object of another kind has it.
 *
 * @throws PERMISSION_DENIED, or the error of an absent securable
 */
async function allowedFilter(
  options: Options,
  request: FastifyRequest,
  filter: Filter,
): Promise<AuditFilter> {
  const { authorizer } = options
  const { allowed } = await authorizer.decide(request.principal, 'READ AUDIT', authorizer.metastore)
  const { securable, object_type, ...others } = filter
  if (securable !== undefined && object_type !== undefined && isObjectType(object_type))
    return {
      ...others,
      object_type,
      ...(await ofObject(options, request, [object_type, securable], allowed)),
    }
  if (allowed) return filter
  if (securable === undefined || securable.split('.').length > 3) {
    await request.authorize('READ AUDIT', authorizer.metastore)
    return filter
  }
  return {
    ...others,
    ...(object_type !== undefined && { object_type }),
    within: await managed(options, request, securable),
  }
}

async function ofObject(
  { objects, securables }: Options,
  request: FastifyRequest,
  [type, idOrName]: readonly [Parameters<Objects['find']>[0], string],
  isAuditor: boolean,
): Promise<AuditFilter> {
  const chain = isAuditor
    ? await objects.find(type, idOrName)
    : await objects.require(request, 'MANAGE', type, idOrName)
  if (!chain) return { object: { id: idOrName, name: idOrName } } // deleted
  const [{ id, name }] = chain
  const row = await securables.find(type, id)
  return isAuditor ? { object: { id, name } } : { object: { id }, ...(row && { since: row.created_at }) }
}

/** @throws PERMISSION_DENIED without MANAGE on the securable */
async function managed({ locator }: Options, request: FastifyRequest, fullName: string) {
  const type = (['catalog', 'schema', 'table'] as const)[fullName.split('.').length - 1]!
  const table = await locator.find(type, fullName)
  const chain = type === 'table' && table[0].absent ? await locator.find('volume', fullName) : table
  await request.authorize('MANAGE', chain[0].absent ? table : chain)
  return { type: chain[0].type, id: chain[0].id }
}
