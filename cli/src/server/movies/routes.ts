import { ApiError } from '@cairn/platform/errors'
import { handle, routePath } from '@cairn/platform/http/handle'
import { inProcess } from '@cairn/platform/http/in-process'
import { ListMovieTitles, RecommendMovies } from '@cairn/platform/protocol/cairn/movies'
import type { Client } from '@cairn/platform/protocol/client'
import { QueryServingEndpoint } from '@cairn/platform/protocol/databricks/serving-endpoints'
import type { Operation } from '@cairn/platform/protocol/operation'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { CallerLimits, callerOf } from './caller-limits.js'
import { ENDPOINT, modelNames, queryEndpoint } from './recommend.js'
import { MoviesPrincipal } from './service-principal.js'
import { TimedCache } from './timed-cache.js'
import { readTitles } from './titles.js'

/** A revoked grant takes effect within this time. */
const MAX_AGE_MS = 10_000

/**
 * The operations of the movie client. The server acts as the service principal `movies-web`, so no credential reaches the browser.
 * Callers must be signed in, unless the administrator made the client public.
 */
export const movieRoutes: FastifyPluginAsync<{ context: ServiceContext }> = async (app, { context }) => {
  const { config, client } = context
  const reader = new MoviesPrincipal(context)
  const querier = new MoviesPrincipal(context, [`serving:${ENDPOINT}`])
  const admit = admission()
  const recent = <T>(read: (call: Client) => Promise<T>) =>
    new TimedCache(() => reader.run((token) => read(client(token))), MAX_AGE_MS)
  const titles = recent(readTitles)
  const models = recent(modelNames)
  const opened = <O extends Operation>(op: O): O => (config.movies_public ? { ...op, right: 'anyone' } : op)

  handle(app, opened(ListMovieTitles), async (_input, request, reply) => {
    admit(request, reply)
    return titles.get().catch(explain)
  })

  handle(app, opened(RecommendMovies), async (input, request, reply) => {
    admit(request, reply)
    requireServing(app.hasRoute({ method: 'POST', url: routePath(QueryServingEndpoint) }))
    const answer = await querier.run((token) => queryEndpoint(inProcess(app), token, input)).catch(explain)
    const { headers, ...recommendations } = answer
    const name = headers.get('served-model-name') ?? ''
    const model = (await models.get().catch(() => undefined))?.get(name) // the answer is complete without it
    const version = headers.get('served-model-version') ?? ''
    return { ...recommendations, served: { name, version, ...(model && { model }) } }
  })
}

function admission() {
  const limits = new CallerLimits()
  return (request: FastifyRequest, reply: FastifyReply) => {
    const seconds = limits.take(callerOf(request), performance.now())
    if (seconds === undefined) return
    void reply.header('retry-after', seconds)
    throw new ApiError(
      'REQUEST_LIMIT_EXCEEDED',
      `The movie client takes no more requests from you this minute. Try again in ${seconds} s.`,
    )
  }
}

function requireServing(isHere: boolean): void {
  if (!isHere)
    throw new ApiError(
      'FEATURE_DISABLED',
      'This process does not run `serving`, which the movie client queries.',
    )
}

/**
 * The service principal needs the grant, not the caller. The message does not name who could give it, because callers may be
 * anonymous.
 */
function explain(error: unknown): never {
  if (error instanceof ApiError && error.code === 'PERMISSION_DENIED')
    throw new ApiError(
      'PERMISSION_DENIED',
      `The service principal 'movies-web' may not read the films or query the endpoint '${ENDPOINT}'. Grant it both.`,
      { cause: error },
    )
  throw error
}
