import type { Db } from '@cairn/platform/db/db'
import { invalid, invalidParameter } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import { JsonChunks } from '@cairn/platform/http/response/json-chunks'
import {
  GetMetricBuckets,
  QueryMetricBuckets,
  QueryPackedMetricBuckets,
} from '@cairn/platform/protocol/cairn/metric-buckets'
import {
  GetMetricHistory,
  GetMetricHistoryBulk,
  GetMetricHistoryBulkInterval,
} from '@cairn/platform/protocol/mlflow/metrics'
import type { Input } from '@cairn/platform/protocol/operation'
import type { FastifyPluginAsync } from 'fastify'
import { writeDecimalPoints } from '../protobuf-json.js'
import type { TrackingSchema } from '../schema.js'
import { readBuckets } from './buckets.js'
import { MetricHistory } from './history.js'
import { sampleRuns } from './sample.js'

const MAX_RUNS = 100
const MAX_POINTS = 25_000
const MAX_STEPS = 2500
const DEFAULT_BUCKETS = 500

export const metricRoutes: FastifyPluginAsync<{ db: Db<TrackingSchema> }> = async (app, { db }) => {
  writeDecimalPoints(app)
  const history = new MetricHistory(db)
  handle(app, GetMetricHistory, (input) => history.page(input))

  handle(app, GetMetricHistoryBulk, async ({ run_id: runIds = [], metric_key, max_results = MAX_POINTS }) => {
    if (runIds.length === 0) throw invalid('GetMetricHistoryBulk request must specify at least one run_id.')
    if (runIds.length > MAX_RUNS)
      throw invalid(
        `GetMetricHistoryBulk request cannot specify more than ${MAX_RUNS} run_ids. Received ${runIds.length} run_ids.`,
      )
    if (metric_key === undefined) throw invalid('GetMetricHistoryBulk request must specify a metric_key.')
    const limit = Math.max(0, Math.min(max_results, MAX_POINTS))
    return { metrics: await history.ofRuns(runIds, metric_key, limit) }
  })

  handle(
    app,
    GetMetricHistoryBulkInterval,
    async ({ run_ids, metric_key, max_results = MAX_STEPS, ...steps }) => {
      if (run_ids.length > MAX_RUNS)
        throw invalidParameter(
          `GetMetricHistoryBulkInterval request must specify at most ${MAX_RUNS} run_ids. Received ${run_ids.length} run_ids.`,
        )
      if (max_results < 1 || max_results > MAX_STEPS)
        throw invalidParameter(`max_results must be between 1 and ${MAX_STEPS}.`)
      const range = rangeOf(steps)
      const interval = { key: metric_key, maxSteps: max_results, ...(range && { range }) }
      return new JsonChunks(metricList(await sampleRuns(db, run_ids, interval)))
    },
  )

  const bucketsOf = (packed: boolean) => async (input: Input<typeof QueryMetricBuckets>) => {
    const { run_ids, metric_key, buckets = DEFAULT_BUCKETS, ...steps } = input
    const range = rangeOf(steps)
    const options = { key: metric_key, count: buckets, packed, ...(range && { range }) }
    const { runs, ...grid } = await readBuckets(db, [...new Set(run_ids)], options)
    return new JsonChunks(bucketsJson(packed ? grid : { width: grid.width }, runs))
  }
  handle(app, GetMetricBuckets, bucketsOf(false))
  handle(app, QueryMetricBuckets, bucketsOf(false))
  handle(app, QueryPackedMetricBuckets, bucketsOf(true))
}

/** Omits an empty list, as protobuf's JSON does. @param lists members of the list, without brackets */
function* metricList(lists: readonly string[]) {
  let before = '{"metrics":['
  for (const list of lists) {
    yield before + list
    before = ','
  }
  yield lists.length > 0 ? ']}' : '{}'
}

/** @param runs JSON of each run */
function* bucketsJson(grid: object, runs: readonly string[]) {
  let before = `${JSON.stringify(grid).slice(0, -1)},"runs":[`
  for (const run of runs) {
    yield before + run
    before = ','
  }
  yield ']}'
}

interface Steps {
  readonly start_step?: number
  readonly end_step?: number
}

function rangeOf({ start_step, end_step }: Steps): readonly [number, number] | undefined {
  if (start_step === undefined && end_step === undefined) return undefined
  if (start_step === undefined || end_step === undefined)
    throw invalid('If either start step or end step are specified, both must be specified.')
  if (start_step > end_step)
    throw invalid(
      `end_step must be greater than start_step. Found start_step=${start_step} and end_step=${end_step}.`,
    )
  return [start_step, end_step]
}
