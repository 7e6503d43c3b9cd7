import { decodePageToken, encodePageToken, pageOf, timeAndId } from '@cairn/platform/db/page'
import { handle } from '@cairn/platform/http/handle'
import { ListAudit } from '@cairn/platform/protocol/audit'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { Rooms } from '../rooms.js'
import { MAX_PAGE } from '../securables/visible-page.js'
import { AuditStore } from './store.js'

const DEFAULT_PAGE = 100

export const auditRoutes: FastifyPluginAsync<Rooms> = async (app, rooms) => {
  const audit = new AuditStore(rooms.db.for())

  handle(app, ListAudit, async ({ max_results, page_token, ...filter }, request) => {
    const since = await openFrom(rooms, request, filter.securable)
    const limit = Math.min(max_results || DEFAULT_PAGE, MAX_PAGE)
    const before = decodePageToken(page_token, timeAndId)
    const rows = await audit.list({ ...filter, ...(since !== undefined && { since }) }, before, limit + 1)
    const { page, last } = pageOf(rows, limit)
    return {
      events: page.map((row) => ({ ...row, allowed: row.allowed === 1 })),
      next_page_token: last ? encodePageToken([last.time, last.id]) : null,
    }
  })
}

/**
 * From when on the caller may read: READ AUDIT opens everything. Who manages a securable reads of that one, from its
 * making on, as an earlier one of the same name was not theirs.
 */
async function openFrom(
  rooms: Rooms,
  request: FastifyRequest,
  securable: string | undefined,
): Promise<number | undefined> {
  const { context, locator, catalogs, schemas, tables, volumes } = rooms
  const { metastore } = context.authorizer
  const levels = securable?.split('.').length ?? 0
  const auditor = await context.authorizer.decide(request.principal, 'READ AUDIT', metastore)
  if (auditor.allowed) return undefined
  if (securable === undefined || levels > 3) {
    await request.authorize('READ AUDIT', metastore)
    return undefined
  }
  const type = (['catalog', 'schema', 'table'] as const)[levels - 1]!
  const table = await locator.find(type, securable)
  const chain = type === 'table' && table[0].absent ? await locator.find('volume', securable) : table
  await request.authorize('MANAGE', chain[0].absent ? table : chain)
  const stores = { catalog: catalogs, schema: schemas, table: tables, volume: volumes }
  const { created_at } = await stores[chain[0].type as keyof typeof stores].get(chain[0].id)
  return created_at
}
