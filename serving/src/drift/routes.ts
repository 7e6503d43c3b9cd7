import { artifactLocations } from '@cairn/platform/blobs/artifact-locations'
import { ApiError } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import { GetEndpointDrift } from '@cairn/platform/protocol/cairn/serving-drift'
import type { Client } from '@cairn/platform/protocol/client'
import { TemporaryTableCredentials } from '@cairn/platform/protocol/unity/credentials'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { DeploymentStore } from '../endpoint-state/deployment-store.js'
import type { EndpointStore } from '../endpoint-state/endpoint-store.js'
import type { ServingSchema } from '../schema.js'
import { Baselines } from './baselines.js'
import { DriftReports } from './drift-reports.js'
import { FIRST_ANSWERS, MIN_ANSWERS } from './version-drift.js'

interface Options {
  readonly context: ServiceContext
  readonly endpoints: EndpointStore
  readonly history: DeploymentStore
  /** A client that acts as the caller. */
  readonly authorOf: (request: FastifyRequest) => { readonly client: Client }
}

/** Compares the answers of endpoints with those at training. */
export const driftRoutes: FastifyPluginAsync<Options> = async (app, options) => {
  const { context, endpoints, history, authorOf } = options
  const { blobs, config } = context
  const [db, call] = [context.db.for<ServingSchema>(), context.client()]
  const baselines = new Baselines({ db, call, locations: artifactLocations(config, blobs) })
  const reports = new DriftReports({ baselines, history, blobs, call })
  handle(app, GetEndpointDrift, async ({ name }, request) => {
    const row = await endpoints.get(name)
    const { inference_table } = row
    const limits = { needed: MIN_ANSWERS, needed_for_baseline: FIRST_ANSWERS }
    const nothing = { ...limits, versions: [] }
    if (inference_table === null) return { state: 'no_table' as const, ...nothing }
    const refusal = await refusalOf(authorOf(request).client, inference_table)
    if (refusal?.code === 'PERMISSION_DENIED')
      return { state: 'no_access' as const, message: refusal.message, ...nothing }
    if (refusal) return { state: 'no_table' as const, ...nothing }
    return {
      state: 'ready' as const,
      ...limits,
      versions: await reports.get({ ...row, inference_table }),
    }
  })
}

/** Statistics reveal contents of requests and responses, so they require the right to read the table. */
async function refusalOf(caller: Client, table_id: string): Promise<ApiError | undefined> {
  try {
    await caller(TemporaryTableCredentials, { table_id, operation: 'READ' })
    return undefined
  } catch (error) {
    if (error instanceof ApiError && (error.statusCode === 403 || error.statusCode === 404)) return error
    throw error
  }
}
