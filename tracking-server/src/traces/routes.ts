import type { Db } from '@cairn/platform/db/db'
import { handle } from '@cairn/platform/http/handle'
import { emptyResponse } from '@cairn/platform/http/response/empty'
import {
  BatchGetTraceInfos,
  CalculateFilterCorrelation,
  DeleteTraces,
  DeleteTracesV2,
  DeleteTraceTag,
  DeleteTraceTagV2,
  GetTraceInfo,
  LinkPromptsToTrace,
  LinkTracesToRun,
  SearchTraces,
  SetTraceTag,
  SetTraceTagV2,
  StartTrace,
} from '@cairn/platform/protocol/mlflow/traces'
import { READ_EXPERIMENTS } from '@cairn/platform/protocol/rights'
import type { FastifyPluginAsync } from 'fastify'
import { parseExperimentId } from '../experiments/id.js'
import { omitIfEmpty } from '../protobuf-json.js'
import type { TrackingSchema } from '../schema.js'
import type { TraceChanges } from '../trace-changes.js'
import { deleteTraces } from './delete.js'
import type { TraceLinks } from './links.js'
import { correlate } from './search/correlation.js'
import type { TraceSearch } from './search/trace-search.js'
import type { TraceStore } from './store.js'

interface Options {
  readonly db: Db<TrackingSchema>
  readonly traces: TraceStore
  readonly search: TraceSearch
  readonly links: TraceLinks
  readonly changes: TraceChanges
}

export const traceRoutes: FastifyPluginAsync<Options> = async (app, options) => {
  const { db, traces, search, links, changes } = options
  handle(app, StartTrace, async ({ trace }) => ({
    trace: { trace_info: await traces.start(trace.trace_info) },
  }))
  handle(app, GetTraceInfo, async ({ trace_id }) => ({ trace: { trace_info: await traces.get(trace_id) } }))
  handle(app, BatchGetTraceInfos, async ({ trace_ids }) =>
    omitIfEmpty('trace_infos', await traces.list(trace_ids)),
  )
  handle(app, SearchTraces, async ({ locations, ...query }) => {
    const experiments = locations.flatMap((one) => one.mlflow_experiment?.experiment_id ?? [])
    const { traces: found, next } = await search.page({ ...query, experiments })
    return { ...omitIfEmpty('traces', found), ...(next && { next_page_token: next }) }
  })
  for (const operation of [SetTraceTag, SetTraceTagV2])
    handle(app, operation, ({ trace_id, ...tag }) => emptyResponse(traces.putTag(trace_id, tag)))
  for (const operation of [DeleteTraceTag, DeleteTraceTagV2])
    handle(app, operation, ({ trace_id, key }) => emptyResponse(traces.deleteTag(trace_id, key)))
  for (const operation of [DeleteTraces, DeleteTracesV2])
    handle(app, operation, async (input) => {
      const traces_deleted = await deleteTraces(db, input)
      if (traces_deleted > 0) changes.announceAll(parseExperimentId(input.experiment_id))
      return { traces_deleted }
    })
  handle(app, LinkTracesToRun, async ({ trace_ids, run_id }, request) => {
    if (trace_ids.length > 0)
      await request.admitNames({ trace_ids }, { right: READ_EXPERIMENTS, mayBeAbsent: true })
    return emptyResponse(links.toRun(trace_ids, run_id))
  })
  handle(app, LinkPromptsToTrace, ({ trace_id, prompt_versions }) =>
    emptyResponse(links.toPrompts(trace_id, prompt_versions)),
  )
  handle(app, CalculateFilterCorrelation, (input) => correlate(db, input))
}
