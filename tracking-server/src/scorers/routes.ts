import { handle } from '@cairn/platform/http/handle'
import { emptyResponse } from '@cairn/platform/http/response/empty'
import {
  DeleteScorer,
  GetScorer,
  ListOnlineScoringConfigs,
  ListScorers,
  ListScorerVersions,
  RegisterScorer,
} from '@cairn/platform/protocol/mlflow/scorers'
import type { FastifyPluginAsync } from 'fastify'
import { omitIfEmpty } from '../protobuf-json.js'
import type { ScorerStore } from './store.js'

interface Options {
  readonly scorers: ScorerStore
}

export const scorerRoutes: FastifyPluginAsync<Options> = async (app, { scorers }) => {
  handle(app, RegisterScorer, async ({ experiment_id, name, serialized_scorer }) => {
    const { scorer_version, scorer_id, creation_time } = await scorers.register(
      experiment_id,
      name,
      serialized_scorer,
    )
    return { version: scorer_version, scorer_id, experiment_id, name, serialized_scorer, creation_time }
  })
  handle(app, ListScorers, async ({ experiment_id }) =>
    omitIfEmpty('scorers', await scorers.list(experiment_id)),
  )
  handle(app, ListScorerVersions, async ({ experiment_id, name }) =>
    omitIfEmpty('scorers', await scorers.listVersions(experiment_id, name)),
  )
  handle(app, GetScorer, async ({ experiment_id, name, version }) => ({
    scorer: await scorers.get(experiment_id, name, version),
  }))
  // Clients request these with every scorer that they read.
  handle(app, ListOnlineScoringConfigs, async () => ({ configs: [] }))
  handle(app, DeleteScorer, ({ experiment_id, name, version }) =>
    emptyResponse(scorers.delete(experiment_id, name, version)),
  )
}
