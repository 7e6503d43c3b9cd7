import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

/** One request to an MLflow server and its response. */
export interface Exchange {
  /** Unique; in parentheses where the response is not compared. */
  readonly label: string
  readonly method: string
  readonly path: string
  readonly query?: Record<string, string | number | readonly string[]>
  /** Sent as JSON; `raw` is sent unchanged. */
  readonly body?: unknown
  readonly raw?: string
  readonly headers?: Record<string, string>
  readonly status: number
  /** JSON, or the first characters of a text; `cut` truncates long strings. */
  readonly answer: unknown
}

export function readRecording(file: URL): Exchange[] {
  const lines = gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line) as Exchange)
}

const MAX_STRING = 200

/** Truncates long strings to their first characters and their length; records are kept whole. */
export function cut(value: unknown, field = ''): unknown {
  if (typeof value === 'string')
    return [...value].length > MAX_STRING && field !== 'records'
      ? `${value.slice(0, 40)}…${[...value].length}`
      : value
  if (Array.isArray(value)) return value.map((one) => cut(one))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, cut(one, key)]))
}
