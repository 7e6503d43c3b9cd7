import { useQueries } from '@tanstack/react-query'
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
  const chunks = metrics.length === 0 ? [] : chunksOf(rows)
  const asked = metrics.flatMap((metric) => chunks.map((ids) => ({ metric, ids })))
  return useQueries({
    queries: asked.map(({ metric, ids }) => ({
      queryKey: queryKeys.metricHistory(metric, ids, undefined, 1),
      queryFn: ({ signal }: { signal: AbortSignal }) => getBuckets(metric, ids, 1, undefined, signal),
      staleTime: 60_000,
    })),
    combine: (results) => {
      if (asked.length === 0) return NONE
      const figures = new Map<string, Map<string, number>>(metrics.map((metric) => [metric, new Map()]))
      for (const [i, { metric }] of asked.entries())
        for (const run of results[i]?.data?.runs ?? []) {
          const value = figureOf(run, metric, chosen)
          if (value !== undefined) figures.get(metric)!.set(run.run_id, value)
        }
      return figures
    },
  })
}

function chunksOf(rows: readonly RunRow[]): string[][] {
  const ids = rows.map(({ info }) => info.run_id)
  return Array.from({ length: Math.ceil(ids.length / PAGE_RUNS) }, (_, i) =>
    ids.slice(i * PAGE_RUNS, (i + 1) * PAGE_RUNS),
  )
}

function figureOf({ buckets }: BucketedRun, metric: string, chosen: ChosenFigures): number | undefined {
  const figure = chosen.get(metric)
  const side = figure === 'best' ? bestOf(metric) : figure
  if (side !== 'min' && side !== 'max') return undefined
  const values = buckets.flatMap((bucket) => bucket[side] ?? [])
  return values.length === 0 ? undefined : side === 'min' ? Math.min(...values) : Math.max(...values)
}
