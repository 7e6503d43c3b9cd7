import type { Blobs } from '@cairn/platform/blobs/blobs'
import { ApiError } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import {
  GetEndpointFeedbackSummary,
  PostEndpointFeedback,
} from '@cairn/platform/protocol/cairn/serving-feedback'
import type { Client } from '@cairn/platform/protocol/client'
import { TemporaryTableCredentials } from '@cairn/platform/protocol/unity/credentials'
import { readDelta } from '@cairn/platform/tables/delta'
import { keyOfTable } from '@cairn/platform/tables/governed-table'
import { scanDelta } from '@cairn/platform/tables/scan'
import type { FastifyPluginAsync } from 'fastify'
import type { EndpointStore } from '../endpoint-state/endpoint-store.js'
import type { EndpointRow } from '../schema.js'
import { outcomeRows } from './outcomes.js'
import type { FeedbackStore } from './store.js'
import { summarizeFeedback } from './summary.js'

interface Options {
  readonly endpoints: EndpointStore
  readonly feedback: FeedbackStore
  readonly blobs: Blobs
  /** Acts as the server. */
  readonly call: Client
  readonly now: () => number
}

/** Outcomes of answers, and their comparison between the variants that answered. */
export const feedbackRoutes: FastifyPluginAsync<Options> = async (app, options) => {
  const { endpoints, feedback, blobs, call, now } = options

  handle(app, PostEndpointFeedback, async ({ name, feedback: batch, ...single }, request) => {
    const row = await endpoints.get(name)
    tableOf(row)
    const outcomes = batch
      ? batch.flatMap((one, at) => outcomeRows(one, `feedback[${at}].`, now()))
      : outcomeRows(single, '', now())
    await feedback.put(row.id, request.principal.name, outcomes)
    return { recorded: outcomes.length }
  })

  handle(app, GetEndpointFeedbackSummary, async ({ name }) => {
    const row = await endpoints.get(name)
    const { url } = await call(TemporaryTableCredentials, { table_id: tableOf(row), operation: 'READ' })
    const location = keyOfTable(blobs, url)
    const relation = await scanDelta(blobs, location, await readDelta(blobs, location))
    return summarizeFeedback(relation, row.name, feedback.pages(row.id))
  })
}

/** @throws INVALID_STATE if queries were never recorded */
function tableOf({ name, inference_table }: EndpointRow): string {
  if (inference_table !== null) return inference_table
  throw new ApiError(
    'INVALID_STATE',
    `Endpoint '${name}' has no inference table, by which outcomes find their answers: enable 'inference_table_config' first.`,
  )
}
