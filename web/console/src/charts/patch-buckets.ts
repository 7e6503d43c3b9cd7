import type { Change } from '@cairn/platform/protocol/cairn/events'
import type { Query, QueryClient } from '@tanstack/react-query'
import { keyStartsWith, queryKeys } from '../api/query-keys.js'
import { type BucketedMetric, getBuckets, type StepRange } from '../api/runs.js'
import { intervalOfChart } from '../live/intervals.js'
import { PatchQueue } from '../live/patch-queue.js'
import { type LoggedSteps, tailOf, withTail } from './bucket-tail.js'

interface Pending {
  readonly runs: ReadonlySet<string>
  readonly steps: LoggedSteps
}

/** Reads the changed buckets of the runs that logged points, in place of all buckets of a chart. */
export class BucketPatcher {
  readonly #queue: PatchQueue<Pending>

  constructor(client: QueryClient) {
    this.#queue = new PatchQueue({
      client,
      intervalOf: ({ state }) => intervalOfChart(state.data),
      read,
      merge,
    })
  }

  /** @returns whether the change will be patched into the query; otherwise it must be loaded again */
  patch(query: Query, change: Change): boolean {
    if (change.type !== 'metrics' || !keyStartsWith(query.queryKey, queryKeys.metricHistory())) return false
    const { first_step: first, last_step: last, run_id } = change
    if (first === undefined || last === undefined || !query.isActive() || !query.state.data) return false
    const { range } = partsOf(query)
    if (range && (last < range[0] || first > range[1])) return true
    this.#queue.put(query, { runs: new Set([run_id]), steps: { first, last } })
    return true
  }

  stop() {
    this.#queue.stop()
  }
}

function partsOf({ queryKey }: Query) {
  const [, metric, , range, count] = queryKey as [
    string,
    string,
    readonly string[],
    StepRange | undefined,
    number,
  ]
  return { metric, range, count }
}

async function read(query: Query, { runs, steps }: Pending): Promise<BucketedMetric | undefined> {
  const { metric, range, count } = partsOf(query)
  const known = query.state.data as BucketedMetric
  const tail = tailOf(known, steps, count, range)
  return tail && withTail(known, tail, await getBuckets(metric, [...runs], tail.count, tail.range))
}

const merge = (earlier: Pending, later: Pending): Pending => ({
  runs: new Set([...earlier.runs, ...later.runs]),
  steps: {
    first: Math.min(earlier.steps.first, later.steps.first),
    last: Math.max(earlier.steps.last, later.steps.last),
  },
})
