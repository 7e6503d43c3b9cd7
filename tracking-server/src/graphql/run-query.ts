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
import { RESOLVERS, type ResolverContext } from './resolvers.js'
import { readField, schema } from './schema.js'

export interface Query {
  readonly query: string
  readonly variables?: Readonly<Record<string, unknown>> | undefined
  readonly operationName?: string | undefined
}

/** As MLflow answers: what went wrong as sentences, null when nothing did. */
export interface GraphqlResponse {
  data: Record<string, unknown> | null
  errors: string[] | null
}

const MAX_TOKENS = 5_000

const resolveField: GraphQLFieldResolver<unknown, ResolverContext> = (source, args, caller, info) => {
  const { name } = info.parentType
  if (name.startsWith('__')) return defaultFieldResolver(source, args, caller, info)
  const resolver = RESOLVERS[name]?.[info.fieldName] ?? readField
  return resolver(source, args, caller, info)
}

/** @throws INVALID_PARAMETER_VALUE for what is no GraphQL, or a mutation where only a query may be */
export async function runQuery(
  { query, variables, operationName }: Query,
  caller: ResolverContext,
  { limits, readOnly }: { limits: Limits; readOnly: boolean },
): Promise<GraphqlResponse> {
  const document = parsed(query)
  const refusal = findLimitViolation(document, limits)
  if (refusal) return { data: null, errors: [refusal] }
  const mistakes = validate(schema, document, undefined, { maxErrors: 10 })
  if (mistakes.length > 0) return { data: null, errors: mistakes.map(({ message }) => message) }
  if (readOnly && getOperationAST(document, operationName)?.operation === 'mutation')
    throw invalid('A mutation is sent by POST.')
  const { data, errors } = await execute({
    schema,
    document,
    contextValue: caller,
    fieldResolver: resolveField,
    ...(variables && { variableValues: variables }),
    ...(operationName && { operationName }),
  })
  return { data: data ?? null, errors: errors ? errors.map(({ message }) => message) : null }
}

function parsed(query: string): DocumentNode {
  try {
    return parse(query, { maxTokens: MAX_TOKENS, noLocation: true })
  } catch (cause) {
    throw invalid(`Invalid value for parameter 'query' supplied: ${messageOf(cause)}`, { cause })
  }
}
