import { shortestFloat } from './decimal.js'
import { Float, type NumberArray, type Value } from './document.js'

/** Writes XGBoost's JSON dialect: float32 in their shortest form, bare `NaN` and `Infinity`, keys in order. */
export function writeJson(value: Value): string {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value)
  if (typeof value === 'number') return String(value)
  if (value instanceof Float) return shortestFloat(value.value)
  if (ArrayBuffer.isView(value)) return `[${numbers(value).join(',')}]`
  if (Array.isArray(value)) return `[${value.map(writeJson).join(',')}]`
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, field]) => `${JSON.stringify(key)}:${writeJson(field)}`).join(',')}}`
}

const numbers = (values: NumberArray): string[] =>
  values instanceof Float32Array
    ? Array.from(values, shortestFloat)
    : Array.from(values as ArrayLike<number | bigint>, String)
