import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { queryKeys } from '../api/query-keys.js'
import { getBuckets, type StepRange } from '../api/runs.js'
import { pollWhileOffline } from '../app/query-client.js'
import type { XRange } from './chart-options.js'
import type { CurveRun } from './curve-card.js'
import type { Axis } from './series.js'
import { stepsWithin } from './zoom.js'

const POLL_MS = 1_000
/** Buckets of all lines of a chart, which the browser draws without a long task. */
const MAX_BUCKETS = 25_000
const MIN_PER_RUN = 50
/** About one per pixel. */
const MAX_PER_RUN = 1000

interface BucketsOptions {
  readonly metric: string
  readonly runs: readonly CurveRun[]
  readonly axis: Axis
  /** The visible range of x; undefined for all. */
  readonly zoom: XRange | undefined
  readonly enabled: boolean
}

/** All steps of a metric in buckets, and those of a zoom in finer ones. The zoom shows the coarse ones until it has loaded. */
export function useBuckets({ metric, runs, axis, zoom, enabled }: BucketsOptions) {
  const ids = runs.map(({ id }) => id)
  const count = Math.round(Math.min(MAX_PER_RUN, Math.max(MIN_PER_RUN, MAX_BUCKETS / runs.length)))
  const live = runs.some((run) => run.live)
  const options = (range: StepRange | undefined) =>
    ({
      queryKey: queryKeys.metricHistory(metric, ids, range, count),
      queryFn: ({ signal }: { signal: AbortSignal }) => getBuckets(metric, ids, count, range, signal),
      refetchInterval: (query: Parameters<typeof pollWhileOffline>[0]) =>
        pollWhileOffline(query, () => (live ? POLL_MS : false)),
    }) as const
  const overview = useQuery({ ...options(undefined), enabled, placeholderData: keepPreviousData })
  const steps = zoom && overview.data && stepsWithin(zoom, overview.data, axis)
  const detail = useQuery({ ...options(steps), enabled: enabled && steps !== undefined })
  return { overview, detail, shown: (steps && detail.data) ?? overview.data }
}
