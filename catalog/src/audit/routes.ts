import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { Db } from '@cairn/platform/db/db'
import { decodePageToken, encodePageToken, pageOf, timeAndId } from '@cairn/platform/db/page'
import { handle } from '@cairn/platform/http/handle'
import { ListAudit } from '@cairn/platform/protocol/audit'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { CatalogStore } from '../catalogs/store.js'
import type { CatalogSchema } from '../schema.js'
import type { SchemaStore } from '../schemas/store.js'
import type { Locator } from '../securables/locator.js'
import { MAX_PAGE } from '../securables/visible-page.js'
import type { TableStore } from '../tables/store.js'
import type { VolumeStore } from '../volumes/store.js'
import { AuditStore } from './store.js'

const DEFAULT_PAGE = 100

interface Options {
  readonly db: Db<CatalogSchema>
  readonly authorizer: Authorizer
  readonly locator: Locator
  readonly catalogs: CatalogStore
  readonly schemas: SchemaStore
  readonly tables: TableStore
  readonly volumes: VolumeStore
}

export const auditRoutes: FastifyPluginAsync<Options> = async (app, options) => {
  const audit = new AuditStore(options.db)

  handle(app, ListAudit, async ({ max_results, page_token, ...filter }, request) => {
    const since = await authorizedSince(options, request, filter.securable)
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
 * The time from which the caller may read; undefined with READ AUDIT, which covers everything. MANAGE on a securable covers
 * its own events since its creation: an earlier securable of the same name may have had another owner.
 */
async function authorizedSince(
  { authorizer, locator, catalogs, schemas, tables, volumes }: Options,
  request: FastifyRequest,
  securable: string | undefined,
): Promise<number | undefined> {
  const { metastore } = authorizer
  const levels = securable?.split('.').length ?? 0
  const auditor = await authorizer.decide(request.principal, 'READ AUDIT', metastore)
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
