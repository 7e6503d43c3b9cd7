import { invalid } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import { Graphql, GraphqlByQuery } from '@cairn/platform/protocol/mlflow/graphql'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { ResolverContext } from './resolvers.js'
import { RunLoader } from './run-loader.js'
import type { Query } from './run-query.js'

/** Loads the GraphQL engine with the first query: most servers never receive one. */
export const graphqlRoutes: FastifyPluginAsync<{ context: ServiceContext }> = async (app, { context }) => {
  const { graphql_max_root_fields: rootFields, graphql_max_aliases: aliases } = context.config
  const limits = { rootFields, aliases }
  const run = async (query: Query, request: FastifyRequest, readOnly: boolean) => {
    const { runQuery } = await import('./run-query.js')
    return runQuery(query, resolverContext(request, context), { limits, readOnly })
  }
  handle(app, Graphql, (query, request) => run(query, request, false))
  handle(app, GraphqlByQuery, ({ variables, ...query }, request) =>
    run({ ...query, variables: parsedVariables(variables) }, request, true),
  )
}

function resolverContext(request: FastifyRequest, context: ServiceContext): ResolverContext {
  const call = context.client(request.credential())
  return { call, loader: new RunLoader(call) }
}

function parsedVariables(text: string | undefined): Query['variables'] {
  if (!text) return undefined
  try {
    const variables = JSON.parse(text)
    if (typeof variables === 'object' && !Array.isArray(variables)) return variables ?? undefined
  } catch {
    // rejected below, like JSON that is not an object
  }
  throw invalid("Invalid value for parameter 'variables' supplied: it must be a JSON object.")
}
