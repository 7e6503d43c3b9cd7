import type { Change } from '@cairn/platform/protocol/cairn/events'
import type { Query, QueryClient } from '@tanstack/react-query'
import { keyStartsWith, queryKeys } from '../api/query-keys.js'
import { batchGetRuns, type Projection, type Run } from '../api/runs.js'
import { intervalOfRuns } from '../live/intervals.js'
import { PatchQueue } from '../live/patch-queue.js'
import { withMetrics } from './patch-runs.js'

interface Pending {
  readonly runs: ReadonlySet<string>
  readonly metrics: ReadonlySet<string>
}

/** Reads the changed metrics of compared runs, in place of all that charts and tables show of all of them. */
export class ComparedRunsPatcher {
  readonly #queue: PatchQueue<Pending>

  constructor(client: QueryClient) {
    this.#queue = new PatchQueue({
      client,
      intervalOf: (query) => intervalOfRuns(idsOf(query).length),
      read,
      merge,
    })
  }

  /** @returns whether the change will be patched into the query, or is none of its data; otherwise it must be loaded again */
  patch(query: Query, change: Change): boolean {
    if (change.type !== 'metrics' || !change.keys) return false
    if (!keyStartsWith(query.queryKey, queryKeys.comparedRuns())) return false
    const { metrics } = query.queryKey[2] as Projection
    const shown = change.keys.filter((key) => !metrics || metrics.includes(key))
    if (shown.length === 0) return true
    if (!query.isActive() || !query.state.data) return false
    this.#queue.put(query, { runs: new Set([change.run_id]), metrics: new Set(shown) })
    return true
  }

  stop() {
    this.#queue.stop()
  }
}

const idsOf = ({ queryKey }: Query) => queryKey[1] as readonly string[]

async function read(query: Query, pending: Pending): Promise<readonly Run[]> {
  const known = query.state.data as readonly Run[]
  const changed = await batchGetRuns([...pending.runs], {
    metrics: [...pending.metrics],
    params: [],
    tags: [],
    inputs: false,
  })
  const byId = new Map(changed.map((run) => [run.info.run_id, run]))
  return known.map((run) => {
    const next = byId.get(run.info.run_id)
    return next ? withMetrics(run, next) : run
  })
}

const merge = (earlier: Pending, later: Pending): Pending => ({
  runs: new Set([...earlier.runs, ...later.runs]),
  metrics: new Set([...earlier.metrics, ...later.metrics]),
})
