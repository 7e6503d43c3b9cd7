import Type from 'typebox'
import { MAX_NESTING } from './nested.js'

/** int64 on MLflow's wire: a JSON number in responses, a number or numeric string in requests, within the exact range of doubles. */
export const Int64 = (options: Type.TNumberOptions = {}) =>
  Type.Integer({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER, ...options })
export const Double = Type.Number

/**
 * A protobuf enum: names on the wire, numbers accepted in requests. Like in protobuf's JSON parser, an unknown name is unset
 * and an unknown number is rejected.
 */
export function Enum<const T extends Record<string, number>>(numbers: T) {
  const names = Object.keys(numbers)
  return Type.Unsafe<Extract<keyof T, string>>({ type: 'string', enum: names, 'x-numbers': numbers })
}

/** A closed set of words. Others are rejected, because treating them as unset would change the meaning of a request. */
export const OneOf = <const Words extends readonly string[]>(words: Words) =>
  Type.Unsafe<Words[number]>({ type: 'string', enum: [...words] })

/** Any JSON that is not nested too deeply. */
export const AnyJson = () => Type.Unknown({ 'x-nested': MAX_NESTING })

/** The response `{}`. */
/** A field of the original API that is not implemented. Accepted when it asks for nothing: absent, null, false or an empty list. */
export const Unsupported = () => Type.Optional(Type.Unknown({ 'x-unsupported': true }))

export const Empty = Type.Object({})

/** A required non-empty string: MLflow treats the empty string as missing. */
export const Required = (options: { maxLength?: number; description?: string } = {}) =>
  Type.String({ minLength: 1, ...options })

/** A filter by a part of a text, in any case. */
export const Search = (text: string) =>
  Type.Optional(Type.String({ maxLength: 200, description: `A part of the ${text}, in any case.` }))

export const KeyValue = Type.Object({ key: Required(), value: Type.Optional(Type.String()) })

/** A run's id; older clients call it `run_uuid`. */
export const RunId = () => Type.String({ minLength: 1, 'x-alias': 'run_uuid' })
