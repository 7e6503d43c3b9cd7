import { invalid, messageOf } from '@cairn/platform/errors'
import {
  type DocumentNode,
  defaultFieldResolver,
  execute,
  type GraphQLFieldResolver,
  getOperationAST,
  parse,
  validate,
} from 'graphql'
import { findLimitViolation, type Limits } from './limits.js'
import { isNestedTooDeeply } from './nesting.js'
import { RESOLVERS, type ResolverContext } from './resolvers.js'
import { readField, schema } from './schema.js'

export interface Query {
  readonly query: string
  readonly variables?: Readonly<Record<string, unknown>> | undefined
  readonly operationName?: string | undefined
}

/** MLflow's response format: error messages, or null without errors. */
export interface GraphqlResponse {
  data: Record<string, unknown> | null
  errors: string[] | null
}

const MAX_TOKENS = 5_000

const resolveField: GraphQLFieldResolver<unknown, ResolverContext> = (source, args, context, info) => {
  const { name } = info.parentType
  if (name.startsWith('__')) return defaultFieldResolver(source, args, context, info)
  const resolver = RESOLVERS[name]?.[info.fieldName] ?? readField
  return resolver(source, args, context, info)
}

/** @throws INVALID_PARAMETER_VALUE for malformed GraphQL, or for a mutation if only queries are allowed */
export async function runQuery(
  { query, variables, operationName }: Query,
  context: ResolverContext,
  { limits, readOnly }: { limits: Limits; readOnly: boolean },
): Promise<GraphqlResponse> {
  const document = parsed(query)
  const violation = findLimitViolation(document, limits)
  if (violation) return { data: null, errors: [violation] }
  const problems = validate(schema, document, undefined, { maxErrors: 10 })
  if (problems.length > 0) return { data: null, errors: problems.map(({ message }) => message) }
  if (readOnly && getOperationAST(document, operationName)?.operation === 'mutation')
    throw invalid('Mutations must be sent by POST.')
  const { data, errors } = await execute({
    schema,
    document,
    contextValue: context,
    fieldResolver: resolveField,
    ...(variables && { variableValues: variables }),
    ...(operationName && { operationName }),
  })
  return { data: data ?? null, errors: errors ? errors.map(({ message }) => message) : null }
}

function parsed(query: string): DocumentNode {
  try {
    if (isNestedTooDeeply(query, MAX_TOKENS)) throw new Error('it is nested too deeply')
    return parse(query, { maxTokens: MAX_TOKENS, noLocation: true })
  } catch (cause) {
    throw invalid(`Invalid value for parameter 'query' supplied: ${messageOf(cause)}`, { cause })
  }
}
