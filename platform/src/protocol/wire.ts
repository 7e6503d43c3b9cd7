import Type from 'typebox'
import { MOST_NESTED } from './nested.js'

/** int64 on MLflow's wire: a JSON number out, a number or a numeric string in, as far as doubles are exact. */
export const Int64 = (options: Type.TNumberOptions = {}) =>
  Type.Integer({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER, ...options })
export const Double = Type.Number

/**
 * A protobuf enum: names on the wire, numbers accepted on the way in; a name that is not known reads as unset and a number
 * that is not known is refused, as protobuf's JSON parser does.
 */
export function Enum<const T extends Record<string, number>>(numbers: T) {
  const names = Object.keys(numbers)
  return Type.Unsafe<Extract<keyof T, string>>({ type: 'string', enum: names, 'x-numbers': numbers })
}

/** A closed set of words, where another one is refused: read as unset it would change what a request means. */
export const OneOf = <const Words extends readonly string[]>(words: Words) =>
  Type.Unsafe<Words[number]>({ type: 'string', enum: [...words] })

/** Any JSON that is not nested too deep. */
export const AnyJson = () => Type.Unknown({ 'x-nested': MOST_NESTED })

/** `{}` as an answer. */
export const Empty = Type.Object({})

/** A required string that may not be empty: MLflow treats the empty string as missing. */
export const Required = (options: { maxLength?: number; description?: string } = {}) =>
  Type.String({ minLength: 1, ...options })

export const KeyValue = Type.Object({ key: Required(), value: Type.Optional(Type.String()) })

/** A run's id; older clients call it `run_uuid`. */
export const RunId = () => Type.String({ minLength: 1, 'x-alias': 'run_uuid' })
