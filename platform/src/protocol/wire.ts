import Type from 'typebox'
import { MAX_NESTING } from './nested.js'

/** Returns the schema of an int64: a number in responses, a number or numeric string in requests, exact as a double. */
export const Int64 = (options: Type.TNumberOptions = {}) =>
  Type.Integer({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER, ...options })
export const Double = Type.Number

/**
 * Returns the schema of a protobuf enum: names, or numbers in requests. As in protobuf's JSON parser, an unknown name is unset
 * and an unknown number is rejected.
 */
export function Enum<const T extends Record<string, number>>(numbers: T) {
  const names = Object.keys(numbers)
  return Type.Unsafe<Extract<keyof T, string>>({ type: 'string', enum: names, 'x-numbers': numbers })
}

/** Returns the schema of a closed set of words. Others are rejected, because ignoring them would change the request. */
export const OneOf = <const Words extends readonly string[]>(words: Words) =>
  Type.Unsafe<Words[number]>({ type: 'string', enum: [...words] })

/** Returns the schema of any JSON that is not nested too deeply. */
export const AnyJson = () => Type.Unknown({ 'x-nested': MAX_NESTING })

/** The response `{}`. */
/** Returns the schema of a field that is not implemented. It accepts only null, false and an empty list. */
export const Unsupported = () => Type.Optional(Type.Unknown({ 'x-unsupported': true }))

export const Empty = Type.Object({})

/** Returns the schema of a required string that is not empty, because MLflow treats the empty string as missing. */
export const Required = (options: { maxLength?: number; description?: string } = {}) =>
  Type.String({ minLength: 1, ...options })

/** Returns the schema of a filter by a part of a text, in any case. */
export const Search = (text: string) =>
  Type.Optional(Type.String({ maxLength: 200, description: `A part of the ${text}, in any case.` }))

export const KeyValue = Type.Object({ key: Required(), value: Type.Optional(Type.String()) })

/** Returns the schema of a run's id, which older clients call `run_uuid`. */
export const RunId = () => Type.String({ minLength: 1, 'x-alias': 'run_uuid' })
