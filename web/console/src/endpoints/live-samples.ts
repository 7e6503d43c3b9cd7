import type { Curve } from '../charts/series.js'
import type { Bucket, EntityCounts } from './metrics-text.js'
import { percentile } from './percentile.js'

/** The metrics of an endpoint at one time. */
export interface Sample {
  /** Milliseconds since 1970. */
  readonly time: number
  readonly entities: ReadonlyMap<string, EntityCounts>
}

export const WINDOW_MS = 15 * 60_000
/** Percentiles of fewer requests would jump. */
const LATENCY_SPAN_MS = 15_000

/** Appends a sample and drops those that are older than the window. */
export const appendSample = (samples: readonly Sample[], sample: Sample): readonly Sample[] => [
  ...samples.filter(({ time }) => time > sample.time - WINDOW_MS),
  sample,
]

/** Requests per second between two samples. */
export const rateCurve = (samples: readonly Sample[], entity: string): Curve =>
  curveOf(samples, (index) => {
    const [before, after] = [samples[index - 1]!, samples[index]!]
    const added = increase(before, after, entity)
    if (!added) return Number.NaN
    return ((added.at(-1)?.count ?? 0) * 1000) / (after.time - before.time)
  })

/** Percent of the requests of the last minute; 0 without requests. */
export const errorCurve = (samples: readonly Sample[], entity: string): Curve =>
  curveOf(samples, (index) => {
    const { requests, errors } = samples[index]!.entities.get(entity)?.recent ?? { requests: 0, errors: 0 }
    return requests === 0 ? 0 : (100 * errors) / requests
  })

/** Milliseconds, of the requests of the last seconds; NaN without requests. */
export const latencyCurve = (samples: readonly Sample[], entity: string, quantile: number): Curve =>
  curveOf(samples, (index) => {
    const after = samples[index]!
    const before = samples.find(({ time }) => time >= after.time - LATENCY_SPAN_MS)!
    return percentile(
      increase(before === after ? samples[index - 1]! : before, after, entity) ?? [],
      quantile,
    )
  })

/** The first sample has nothing to compare with. */
const curveOf = (samples: readonly Sample[], valueAt: (index: number) => number): Curve => ({
  xs: samples.slice(1).map(({ time }) => time / 1000),
  ys: samples.slice(1).map((_, index) => valueAt(index + 1)),
})

/** Undefined when counts decrease: the server has restarted, or another server responded. */
function increase(before: Sample, after: Sample, entity: string): readonly Bucket[] | undefined {
  const then = before.entities.get(entity)?.buckets ?? []
  const now = after.entities.get(entity)?.buckets ?? []
  if ((then.at(-1)?.count ?? 0) > (now.at(-1)?.count ?? 0)) return undefined
  return now.map(({ le, count }, index) => ({ le, count: count - (then[index]?.count ?? 0) }))
}
