import type { Run } from '../api/runs.js'
import { type RunRow, toRow } from '../runs/row.js'

interface RunResult {
  readonly data: Run | undefined
  readonly error: Error | null
  readonly isPending: boolean
}

export interface CombinedRuns {
  readonly rows: readonly RunRow[]
  readonly pending: boolean
  /** Without repeats: an unreachable server fails every run with the same message. */
  readonly errors: readonly Error[]
}

export function combineRuns(results: readonly RunResult[]): CombinedRuns {
  const errors = results.flatMap(({ error }) => error ?? [])
  return {
    rows: results.flatMap(({ data }) => (data ? [toRow(data)] : [])),
    pending: results.some(({ isPending }) => isPending),
    errors: [...new Map(errors.map((error) => [error.message, error])).values()],
  }
}
