import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

/** One request to a real MLflow server and what it answered. */
export interface Exchange {
  /** Unique; in parentheses where the answer is of no interest. */
  readonly label: string
  readonly method: string
  readonly path: string
  readonly query?: Record<string, string | number | readonly string[]>
  /** Sent as JSON; `raw` is sent as it is. */
  readonly body?: unknown
  readonly raw?: string
  readonly headers?: Record<string, string>
  readonly status: number
  /** JSON, or the beginning of a text; long strings are cut by `cut`. */
  readonly answer: unknown
}

export function readRecording(file: URL): Exchange[] {
  const lines = gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line) as Exchange)
}

const MAX_STRING = 200

/** Recordings keep the beginning of long strings and their length; of records they keep all. */
export function cut(value: unknown, field = ''): unknown {
  if (typeof value === 'string')
    return [...value].length > MAX_STRING && field !== 'records'
      ? `${value.slice(0, 40)}…${[...value].length}`
      : value
  if (Array.isArray(value)) return value.map((one) => cut(one))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, cut(one, key)]))
}
