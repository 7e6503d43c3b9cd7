import { bearerOf } from '@cairn/platform/auth/authenticate'
import { ApiError, invalid } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import { Graphql, GraphqlByQuery } from '@cairn/platform/protocol/graphql'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { ResolverContext } from './resolvers.js'
import { RunLoader } from './run-loader.js'
import type { Query } from './run-query.js'

/** Loaded with the first query: most servers never see one. */
export const graphqlRoutes: FastifyPluginAsync<{ context: ServiceContext }> = async (app, { context }) => {
  const { graphql_max_root_fields: rootFields, graphql_max_aliases: aliases } = context.config
  const limits = { rootFields, aliases }
  const run = async (query: Query, request: FastifyRequest, readOnly: boolean) => {
    const { runQuery } = await import('./run-query.js')
    return runQuery(query, callerOf(request, context), { limits, readOnly })
  }
  handle(app, Graphql, (query, request) => run(query, request, false))
  handle(app, GraphqlByQuery, ({ variables, ...query }, request) =>
    run({ ...query, variables: parsedVariables(variables) }, request, true),
  )
}

/** Without a token only the local owner comes this far, and is the local owner again. */
function callerOf(request: FastifyRequest, context: ServiceContext): ResolverContext {
  const call = context.client(tokenOf(request))
  return { call, loader: new RunLoader(call) }
}

function tokenOf({ headers: { authorization } }: FastifyRequest): string | undefined {
  if (authorization === undefined) return undefined
  const token = bearerOf(authorization)
  if (!token) throw new ApiError('UNAUTHENTICATED', 'The request shows no token.')
  return token
}

function parsedVariables(text: string | undefined): Query['variables'] {
  if (!text) return undefined
  try {
    const variables = JSON.parse(text)
    if (typeof variables === 'object' && !Array.isArray(variables)) return variables ?? undefined
  } catch {
    // refused below, as JSON that is no object
  }
  throw invalid("Invalid value for parameter 'variables' supplied: it must be a JSON object.")
}
