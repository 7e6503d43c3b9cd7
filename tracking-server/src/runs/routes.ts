import type { Db } from '@cairn/platform/db/db'
import { handle } from '@cairn/platform/http/handle'
import { emptyResponse } from '@cairn/platform/http/response/empty'
import { JsonChunks } from '@cairn/platform/http/response/json-chunks'
import {
  BatchGetRuns,
  CompareRuns,
  CountRuns,
  GroupRuns,
  ListRunKeys,
  ListRunValues,
} from '@cairn/platform/protocol/cairn/run-tables'
import { EndRunsOfTokens } from '@cairn/platform/protocol/cairn/unfinished-runs'
import { LogMetric } from '@cairn/platform/protocol/mlflow/metrics'
import {
  CreateRun,
  DeleteRun,
  DeleteTag,
  GetRun,
  LogBatch,
  LogInputs,
  LogModel,
  LogOutputs,
  LogParam,
  RestoreRun,
  SearchRuns,
  SetTag,
  UpdateRun,
} from '@cairn/platform/protocol/mlflow/runs'
import type { FastifyPluginAsync } from 'fastify'
import { parseExperimentId } from '../experiments/id.js'
import { writeDecimalPoints } from '../protobuf-json.js'
import type { TrackingSchema } from '../schema.js'
import { compareRuns } from './comparison.js'
import { BatchThread } from './logging/batch-thread.js'
import { appendModel, MODEL_HISTORY_TAG, parseModelInfo } from './logging/model-history-tag.js'
import type { RunLog } from './logging/run-log.js'
import { findRunsAsJson } from './read-runs.js'
import { listRunKeys } from './run-keys.js'
import { listRunValues } from './run-values.js'
import { groupRuns } from './search/group-runs.js'
import { countRuns } from './search/run-count.js'
import type { RunPage, RunSearch } from './search/run-search.js'
import type { RunStore } from './store.js'

interface Options {
  readonly db: Db<TrackingSchema>
  readonly runs: RunStore
  readonly log: RunLog
  readonly search: RunSearch
}

export const runRoutes: FastifyPluginAsync<Options> = async (app, { db, runs, log, search }) => {
  writeDecimalPoints(app)
  handle(app, CreateRun, async (input, { principal }) => ({ run: await runs.create(input, principal) }))
  handle(app, GetRun, async ({ run_id }) => ({ run: await runs.get(run_id) }))
  handle(app, SearchRuns, async (input) => new JsonChunks(write(await search.page(input))))
  handle(app, BatchGetRuns, async ({ run_ids, ...projection }) => {
    const found = await findRunsAsJson(db, run_ids, projection)
    return new JsonChunks(listOf(found))
  })
  handle(app, CountRuns, async (input) => ({ count: await countRuns(db, input) }))
  handle(app, ListRunKeys, ({ experiment_id }) => listRunKeys(db, parseExperimentId(experiment_id)))
  handle(app, ListRunValues, async (input) => ({ values: await listRunValues(db, input) }))
  handle(app, GroupRuns, (input) => groupRuns(db, input))
  handle(app, CompareRuns, ({ run_ids }) => compareRuns(db, run_ids))
  handle(app, UpdateRun, async (input, { principal }) => ({ run_info: await runs.update(input, principal) }))
  handle(app, EndRunsOfTokens, async (input) => ({ run_ids: await runs.endOfTokens(input) }))
  handle(app, DeleteRun, ({ run_id }) => emptyResponse(runs.setStage(run_id, 'deleted')))
  handle(app, RestoreRun, ({ run_id }) => emptyResponse(runs.setStage(run_id, 'active')))
  handle(app, LogMetric, ({ run_id, ...metric }) => emptyResponse(log.metric(run_id, metric)))
  handle(app, LogParam, ({ run_id, ...param }) => emptyResponse(log.param(run_id, param)))
  handle(app, SetTag, ({ run_id, ...tag }) => emptyResponse(log.tag(run_id, tag)))
  handle(app, DeleteTag, ({ run_id, key }) => emptyResponse(log.deleteTag(run_id, key)))
  const thread = new BatchThread((error) =>
    app.log.error(error, 'the thread that parses large batches has ended'),
  )
  app.addHook('onClose', () => thread.close())
  handle(app, LogBatch, ({ run_id, ...batch }) => emptyResponse(log.batch(run_id, batch)), {
    isReady: () => thread.isReady(),
    handle: async (bytes, query, admit) => {
      const { run_id, batch } = await thread.read(bytes, query as object)
      await admit({ run_id, metrics: batch.metrics?.modelPoints })
      return emptyResponse(log.preparedBatch(run_id, batch))
    },
  })
  handle(app, LogInputs, ({ run_id, datasets = [], models = [] }) =>
    emptyResponse(log.inputs(run_id, datasets, models)),
  )
  handle(app, LogOutputs, ({ run_id, models = [] }) => emptyResponse(log.outputs(run_id, models)))
  handle(app, LogModel, async ({ run_id, model_json }) => {
    const model = parseModelInfo(model_json)
    return emptyResponse(log.amendTag(run_id, MODEL_HISTORY_TAG, (history) => appendModel(history, model)))
  })
}

function* listOf(runs: readonly string[]) {
  let before = '{"runs":['
  for (const run of runs) {
    yield before + run
    before = ','
  }
  yield runs.length > 0 ? ']}' : '{"runs":[]}'
}

function* write({ runs, next_page_token }: RunPage) {
  let before = '{"runs":['
  for (const run of runs) {
    yield before + run
    before = ','
  }
  if (next_page_token) yield `],"next_page_token":${JSON.stringify(next_page_token)}}`
  else yield runs.length > 0 ? ']}' : '{}'
}
