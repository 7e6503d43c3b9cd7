import { Readable } from 'node:stream'
import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { Db } from '@cairn/platform/db/db'
import { decodePageToken, encodePageToken, timeAndId } from '@cairn/platform/db/page'
import { handle } from '@cairn/platform/http/handle'
import { forbidStoring } from '@cairn/platform/http/response/no-store'
import { ExportAudit, ListAudit } from '@cairn/platform/protocol/cairn/audit'
import type { FastifyPluginAsync } from 'fastify'
import type { CatalogSchema } from '../schema.js'
import type { Locator } from '../securables/locator.js'
import type { Objects } from '../securables/objects.js'
import { MAX_PAGE } from '../securables/visible-page.js'
import { eventOf } from './event.js'
import { exportEvents } from './export.js'
import { AuditStore } from './store.js'
import { auditViewOf, reauthorizeView } from './view.js'

const DEFAULT_PAGE = 100

interface Options {
  readonly db: Db<CatalogSchema>
  readonly authorizer: Authorizer
  readonly locator: Locator
  readonly objects: Objects
}

export const auditRoutes: FastifyPluginAsync<Options> = async (app, { db, ...options }) => {
  forbidStoring(app)
  const audit = new AuditStore(db)
  const all = { ...options, audit }

  handle(app, ListAudit, async ({ max_results, page_token, ...filter }, request) => {
    const view = await auditViewOf(all, request, filter)
    await app.audit?.flush()
    const limit = Math.min(max_results || DEFAULT_PAGE, MAX_PAGE)
    const before = decodePageToken(page_token, timeAndId)
    const { events, next } = await audit.list(view.filter, before, limit)
    return {
      events: events.map((row) => eventOf(row, view)),
      next_page_token: next ? encodePageToken(next) : null,
    }
  })

  handle(app, ExportAudit, async ({ format = 'jsonl', ...filter }, request, reply) => {
    const view = await auditViewOf(all, request, filter)
    await app.audit?.flush()
    const check = async () => {
      await request.reauthenticate()
      await reauthorizeView(all, request.principal, view)
    }
    return reply
      .type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/jsonl; charset=utf-8')
      .header('content-disposition', `attachment; filename="audit.${format}"`)
      .send(Readable.from(exportEvents(audit, view, { format, check })))
  })
}
