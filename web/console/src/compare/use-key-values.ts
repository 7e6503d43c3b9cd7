import { useQueries } from '@tanstack/react-query'
import { queryKeys } from '../api/query-keys.js'
import { batchGetRuns, type Run } from '../api/runs.js'
import { intervalKeys } from '../metrics/metric-name.js'
import { type RunRow, toRow } from '../runs/row.js'

/** Values that one request returns. */
const PAGE_VALUES = 20_000
const MAX_PAGE_KEYS = 200

interface KeyValuesOptions {
  readonly ids: string[]
  readonly kind: 'metrics' | 'params'
  /** All keys of the table. */
  readonly keys: readonly string[]
  /** Indexes of the first and last key in view. */
  readonly first: number
  readonly last: number
}

/** The runs with the values of a key, by run id; undefined until they have loaded. */
export type RowsOf = (key: string) => ReadonlyMap<string, RunRow> | undefined

/** Reads the values of keys in view, page by page. */
export function useKeyValues({ ids, kind, keys, first, last }: KeyValuesOptions): RowsOf {
  const size = Math.max(1, Math.min(MAX_PAGE_KEYS, Math.floor(PAGE_VALUES / ids.length)))
  const from = Math.floor(first / size)
  const count = keys.length === 0 ? 0 : Math.floor(last / size) - from + 1
  const pages = Array.from({ length: count }, (_, i) => keys.slice((from + i) * size, (from + i + 1) * size))
  const results = useQueries({
    queries: pages.map((page) => {
      const projection = { metrics: [], params: [], tags: [], [kind]: withIntervals(kind, page) }
      return {
        queryKey: queryKeys.comparedRuns(ids, projection),
        queryFn: ({ signal }: { signal: AbortSignal }) => batchGetRuns(ids, projection, signal),
        staleTime: 60_000,
      }
    }),
  })
  const rows = new Map(
    pages.flatMap((page, i) => {
      const data = results[i]?.data
      return data ? page.map((key) => [key, rowsById(data)] as const) : []
    }),
  )
  return (key) => rows.get(key)
}

const withIntervals = (kind: KeyValuesOptions['kind'], keys: readonly string[]) =>
  kind === 'metrics' ? keys.flatMap((key) => [key, ...intervalKeys(key)]) : [...keys]

const known = new WeakMap<readonly Run[], ReadonlyMap<string, RunRow>>()

function rowsById(runs: readonly Run[]): ReadonlyMap<string, RunRow> {
  const rows = known.get(runs) ?? new Map(runs.map((run) => [run.info.run_id, toRow(run)]))
  known.set(runs, rows)
  return rows
}
