import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { Principal } from '@cairn/platform/auth/principal'
import type { Db } from '@cairn/platform/db/db'
import type { Announce } from '@cairn/platform/events/announcer'
import { handle } from '@cairn/platform/http/handle'
import {
  CreateRunComment,
  DeleteRunComment,
  ListMentions,
  ListRunComments,
  UpdateRunComment,
} from '@cairn/platform/protocol/cairn/run-comments'
import type { FastifyPluginAsync } from 'fastify'
import type { TrackingSchema } from '../schema.js'
import type { CommentStore } from './store.js'

interface Options {
  readonly db: Db<TrackingSchema>
  readonly comments: CommentStore
  readonly announce: Announce
  readonly authorizer: Authorizer
}

/** Comments on runs; not part of MLflow's API. */
export const commentRoutes: FastifyPluginAsync<Options> = async (app, options) => {
  const { db, comments, announce, authorizer } = options
  const experimentOf = async (run_id: string) =>
    (await db.read.selectFrom('runs').select('experiment_id').where('run_id', '=', run_id).executeTakeFirst())
      ?.experiment_id
  const changed = async (run_id: string) => {
    const experiment = await experimentOf(run_id)
    if (experiment !== undefined) announce({ type: 'run', experiment_id: String(experiment), run_id })
  }
  const mayEdit = async (principal: Principal, run_id: string) => {
    const id = String(await experimentOf(run_id))
    const decided = await authorizer.objects.decide(principal, ['EDIT EXPERIMENTS'], 'experiment', id)
    return decided?.decision.allowed ?? false
  }

  handle(app, ListRunComments, async ({ run_id }, { principal }) => ({
    comments: await comments.list(run_id, principal),
  }))
  handle(app, CreateRunComment, async (input, { principal }) => {
    const comment = await comments.create(input, principal)
    await changed(input.run_id)
    return { comment }
  })
  handle(app, UpdateRunComment, async (input, { principal }) => {
    const comment = await comments.update(input, principal)
    await changed(input.run_id)
    return { comment }
  })
  handle(app, DeleteRunComment, async (input, { principal }) => {
    await comments.delete(input, principal, await mayEdit(principal, input.run_id))
    await changed(input.run_id)
    return {}
  })
  handle(app, ListMentions, async (_input, { principal }) => {
    const allowed = await authorizer.objects.allowedObjects(principal, ['READ EXPERIMENTS'], 'experiment')
    return { mentions: await comments.mentionsOf(principal, allowed) }
  })
}
