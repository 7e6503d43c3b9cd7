import type { Db } from '@cairn/platform/db/db'
import { handle } from '@cairn/platform/http/handle'
import { QueryTraceMetrics } from '@cairn/platform/protocol/mlflow/trace-metrics'
import type { FastifyPluginAsync } from 'fastify'
import { omitIfEmpty } from '../protobuf-json.js'
import type { TrackingSchema } from '../schema.js'
import { queryTraceMetrics } from './query.js'

export const traceMetricRoutes: FastifyPluginAsync<{ db: Db<TrackingSchema> }> = async (app, { db }) => {
  handle(app, QueryTraceMetrics, async (query) =>
    omitIfEmpty('data_points', await queryTraceMetrics(db, query)),
  )
}
