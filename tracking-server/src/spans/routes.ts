import type { Db } from '@cairn/platform/db/db'
import { handle } from '@cairn/platform/http/handle'
import { serializeWith } from '@cairn/platform/http/response/send-json'
import type { SpanDetail } from '@cairn/platform/protocol/cairn/trace-spans'
import { GetSpan, ListSpans } from '@cairn/platform/protocol/cairn/trace-spans'
import type { FastifyPluginAsync } from 'fastify'
import type { TrackingSchema } from '../schema.js'
import { getSpanRow, listSpans } from './single-trace.js'
import { dumpCompact, parse, type Value } from './value.js'

interface Options {
  readonly db: Db<TrackingSchema>
  /** @throws RESOURCE_DOES_NOT_EXIST */
  readonly getTrace: (traceId: string) => Promise<unknown>
}

/** The routes of spans of one trace for viewers, which load the contents of a span when it is opened. */
export const spanRoutes: FastifyPluginAsync<Options> = async (app, { db, getTrace }) => {
  serializeWith(app, (body) => dumpCompact(body as Value)) // integers beyond the exact range of doubles stay exact
  handle(app, ListSpans, async ({ trace_id, max_results, page_token }) => {
    const page = await listSpans(db, trace_id, { limit: max_results ?? MAX_SPANS, after: page_token ?? '' })
    if (page.spans.length === 0) await getTrace(trace_id)
    return page
  })
  handle(app, GetSpan, async ({ trace_id, span_id }) => {
    const { name, type, status, status_message, ...row } = await getSpanRow(db, trace_id, span_id)
    const contents = {
      attributes: parse(row.attributes),
      events: parse(row.events),
      links: parse(row.links),
    } as unknown as Pick<SpanDetail, 'attributes' | 'events' | 'links'>
    return { span: { span_id, name, type, status, status_message, ...contents } }
  })
}

const MAX_SPANS = 10_000
