import { snakeCase } from '@cairn/platform/protocol/normalize'
import {
  buildSchema,
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  type GraphQLScalarType,
  isListType,
  isObjectType,
  isScalarType,
  Kind,
} from 'graphql'
import { TYPE_DEFINITIONS } from './type-definitions.js'

export const schema = buildSchema(TYPE_DEFINITIONS)

const longString = schema.getType('LongString') as GraphQLScalarType
longString.serialize = String
longString.parseValue = (value) => (Number.isSafeInteger(Number(value)) ? Number(value) : undefined)
longString.parseLiteral = (node) => (node.kind === Kind.INT ? Number(node.value) : undefined)

/** Resolves a field from its snake_case member. NaN, which JSON cannot express, is null. */
export const readField: GraphQLFieldResolver<unknown, unknown> = (source, _args, _context, info) => {
  const { fieldName, returnType } = info
  const value = (source as Record<string, unknown>)[snakeCase(fieldName)]
  if (value === undefined) return defaultValue(returnType)
  return fieldName === 'value' && value === 'NaN' ? null : value
}

const ZERO: Readonly<Record<string, unknown>> = { String: '', LongString: 0, Boolean: false, Float: 0 }

/** Protocol Buffers' default of a missing field, on which MLflow's UI relies; null for enums. */
function defaultValue(type: GraphQLOutputType): unknown {
  if (isListType(type)) return []
  if (isScalarType(type)) return ZERO[type.name]
  return isObjectType(type) && type.name !== 'ApiError' ? {} : undefined
}

/** Converts `{ runId: 'x', path: null }` to the input of an operation: `{ run_id: 'x' }`. */
export const toInput = (input: unknown): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(input ?? {}).flatMap(([name, value]) =>
      value === null || value === undefined ? [] : [[snakeCase(name), withoutNull(value)]],
    ),
  )

const withoutNull = (value: unknown) =>
  Array.isArray(value) ? value.filter((one) => one !== null && one !== undefined) : value
