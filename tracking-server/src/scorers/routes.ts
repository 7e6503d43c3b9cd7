import { done } from '@cairn/platform/http/done'
import { handle } from '@cairn/platform/http/handle'
import {
  DeleteScorer,
  GetScorer,
  ListScorers,
  ListScorerVersions,
  RegisterScorer,
  type Scorer,
} from '@cairn/platform/protocol/scorers'
import type { FastifyPluginAsync } from 'fastify'
import { omitEmpty } from '../limits.js'
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
  handle(app, ListScorers, async ({ experiment_id }) => listed(await scorers.list(experiment_id)))
  handle(app, ListScorerVersions, async ({ experiment_id, name }) =>
    listed(await scorers.listVersions(experiment_id, name)),
  )
  handle(app, GetScorer, async ({ experiment_id, name, version }) => ({
    scorer: await scorers.get(experiment_id, name, version),
  }))
  handle(app, DeleteScorer, ({ experiment_id, name, version }) =>
    done(scorers.delete(experiment_id, name, version)),
  )
}

function listed(list: readonly Scorer[]) {
  const scorers = omitEmpty(list)
  return scorers ? { scorers } : {}
}
