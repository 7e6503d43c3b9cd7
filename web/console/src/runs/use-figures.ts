import { useQueries } from '@tanstack/react-query'
import { batchesOf } from '../api/batches.js'
import { queryKeys } from '../api/query-keys.js'
import { type BucketedRun, getBuckets } from '../api/runs.js'
import type { Column } from './columns.js'
import { bestOf, type ChosenFigures } from './figures.js'
import type { RunRow } from './row.js'
import { PAGE_RUNS } from './run-pages.js'

/** The figures of metrics by run id; a metric that shows its last value is absent. */
export type Figures = ReadonlyMap<string, ReadonlyMap<string, number>>

const NONE: Figures = new Map()

/** Reads the least or greatest value of the metrics whose columns show it, from the histories of the loaded runs. */
export function useFigures(
  rows: readonly RunRow[],
  columns: readonly Column[],
  chosen: ChosenFigures,
): Figures {
  const metrics = columns
    .filter(({ kind, key }) => kind === 'metrics' && chosen.has(key))
    .map(({ key }) => key)
  const batches = batchesOf(
    rows.map(({ info }) => info.run_id),
    PAGE_RUNS,
  )
  const histories = metrics.flatMap((metric) => batches.map((ids) => ({ metric, ids })))
  return useQueries({
    queries: histories.map(({ metric, ids }) => ({
      queryKey: queryKeys.metricHistory(metric, ids, undefined, 1),
      queryFn: ({ signal }: { signal: AbortSignal }) => getBuckets(metric, ids, 1, undefined, signal),
      staleTime: 60_000,
    })),
    combine: (results) => {
      if (histories.length === 0) return NONE
      const figures = new Map<string, Map<string, number>>(metrics.map((metric) => [metric, new Map()]))
      for (const [i, { metric }] of histories.entries())
        for (const run of results[i]?.data?.runs ?? []) {
          const value = figureOf(run, metric, chosen)
          if (value !== undefined) figures.get(metric)!.set(run.run_id, value)
        }
      return figures
    },
  })
}

function figureOf({ buckets }: BucketedRun, metric: string, chosen: ChosenFigures): number | undefined {
  const figure = chosen.get(metric)
  const side = figure === 'best' ? bestOf(metric) : figure
  if (side !== 'min' && side !== 'max') return undefined
  const values = buckets.flatMap((bucket) => bucket[side] ?? [])
  return values.length === 0 ? undefined : side === 'min' ? Math.min(...values) : Math.max(...values)
}
