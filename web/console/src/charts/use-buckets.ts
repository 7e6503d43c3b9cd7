import { keepPreviousData, useQueries } from '@tanstack/react-query'
import { useMemo } from 'react'
import { queryKeys } from '../api/query-keys.js'
import { type BucketedMetric, getBuckets, type StepRange } from '../api/runs.js'
import { pollWhileOffline } from '../app/query-client.js'
import type { XRange } from './chart-options.js'
import type { CurveRun } from './curve-run.js'
import { type Axis, type PlacedRun, placeRuns } from './series.js'
import { useStableList } from './use-stable-list.js'
import { stepsWithin } from './zoom.js'

const POLL_MS = 1_000
/** Buckets of all lines of a chart, which the browser draws without a long task. */
const MAX_BUCKETS = 25_000
const MIN_PER_RUN = 50
/** About one per pixel. */
const MAX_PER_RUN = 1000

interface BucketsOptions {
  readonly metrics: readonly string[]
  readonly runs: readonly CurveRun[]
  readonly axis: Axis
  /** The metric of the axis `metric`. */
  readonly xMetric: string
  /** The visible range of x; undefined for all. */
  readonly zoom: XRange | undefined
  readonly enabled: boolean
}

/** All steps of metrics in buckets, and those of a zoom in finer ones. The zoom shows the coarse ones until it has loaded. */
export function useBuckets({ metrics, runs, axis, xMetric, zoom, enabled }: BucketsOptions) {
  const ids = useMemo(() => runs.map(({ id }) => id), [runs])
  const perRun = MAX_BUCKETS / Math.max(1, runs.length * metrics.length)
  const count = Math.round(Math.min(MAX_PER_RUN, Math.max(MIN_PER_RUN, perRun)))
  const read = {
    keys: axis === 'metric' ? [...metrics, xMetric] : metrics,
    ...{ ids, count, axis, live: runs.some((run) => run.live) },
  }
  const overview = usePlaced({
    ...read,
    range: undefined,
    enabled: enabled && ids.length > 0,
    isFrozen: zoom !== undefined && axis === 'step', // on other axes, later steps may come into the zoom
  })
  const steps = zoom && overview.placed && stepsWithin(zoom, overview.width, overview.placed.flat(), axis)
  const detail = usePlaced({
    ...read,
    range: steps,
    enabled: enabled && steps !== undefined,
    isFrozen: false,
  })
  return {
    overview,
    isLoading: enabled && (overview.isPending || (steps !== undefined && detail.isFetching)),
    failed: overview.failed ?? (steps && detail.failed),
    placed: (steps && detail.placed) ?? overview.placed,
  }
}

interface PlacedOptions {
  readonly keys: readonly string[]
  readonly ids: string[]
  readonly count: number
  readonly axis: Axis
  readonly live: boolean
  readonly range: StepRange | undefined
  readonly enabled: boolean
  /** True if data that have loaded are not kept up to date: the chart shows a zoom in place of them. */
  readonly isFrozen: boolean
}

function usePlaced({ keys, ids, count, axis, live, range, enabled, isFrozen }: PlacedOptions) {
  const results = useQueries({
    queries: keys.map((metric) => ({
      queryKey: queryKeys.metricHistory(metric, ids, range, count),
      queryFn: ({ signal }: { signal: AbortSignal }) => getBuckets(metric, ids, count, range, signal),
      enabled: ({ state }: { readonly state: { readonly data: unknown } }) =>
        enabled && !(isFrozen && state.data !== undefined),
      structuralSharing: false, // comparing all buckets takes longer than drawing them
      ...(range === undefined && { placeholderData: keepPreviousData<BucketedMetric> }),
      refetchInterval: (query: Parameters<typeof pollWhileOffline>[0]) =>
        pollWhileOffline(query, () => (live ? POLL_MS : false)),
    })),
  })
  const data = useStableList(results.map((result) => result.data))
  const placed = useMemo(() => placedOf(data, axis), [data, axis])
  return {
    placed,
    width: Math.max(1, ...data.map((buckets) => buckets?.width ?? 1)),
    isPending: results.some(({ isPending }) => isPending),
    isFetching: results.some(({ isFetching }) => isFetching),
    failed: results.find(({ isError, data }) => isError && data === undefined),
  }
}

/** The runs of each metric; undefined until all have loaded. */
function placedOf(
  data: readonly (BucketedMetric | undefined)[],
  axis: Axis,
): readonly (readonly PlacedRun[])[] | undefined {
  if (data.some((one) => one === undefined)) return undefined
  const loaded = data as readonly BucketedMetric[]
  if (axis !== 'metric') return loaded.map((buckets) => placeRuns(buckets, axis))
  return loaded.slice(0, -1).map((buckets) => placeRuns(buckets, axis, loaded.at(-1)))
}
