import type { Change } from '@cairn/platform/protocol/cairn/events'
import type { Query, QueryClient } from '@tanstack/react-query'
import { keyStartsWith, queryKeys } from '../api/query-keys.js'
import { batchGetRuns, type Projection, type Run, type RunKeys } from '../api/runs.js'
import { MIN_INTERVAL_MS } from '../live/intervals.js'
import { PatchQueue } from '../live/patch-queue.js'
import { type ColumnKeys, NO_KEYS, toProjection, union as unionOfKeys } from './column-keys.js'
import type { Pages } from './run-pages.js'

type RunChange = Extract<Change, { type: 'run' | 'metrics' }>
type Parts = readonly [string, string, boolean?, string?, string?]
/** The metrics to read of a run; undefined for all that was logged. */
type Keys = ReadonlySet<string> | undefined
/** Runs to read by id. */
type Pending = ReadonlyMap<string, Keys>

/** With more changes the table is loaded again, at most as often as other long lists. */
const MAX_RUNS = 200
const MAX_LISTED_KEYS = 500

const isRunsQuery = (key: readonly unknown[], experimentId: string) =>
  keyStartsWith(key, queryKeys.runs(experimentId))

/**
 * Patches changed runs in the loaded pages of tables, instead of loading the pages again: a request reads the changed metrics
 * of the changed runs.
 */
export class RunPatcher {
  readonly #queue: PatchQueue<Pending>

  constructor(client: QueryClient) {
    this.#queue = new PatchQueue({ client, intervalOf: () => MIN_INTERVAL_MS, read, merge })
  }

  /** @returns whether the change will be patched into the query; otherwise it must be loaded again */
  patch(query: Query, change: Change): boolean {
    if (change.type !== 'run' && change.type !== 'metrics') return false
    if (keyStartsWith(query.queryKey, queryKeys.runKeys()))
      return hasKeys(query.state.data as RunKeys, change)
    if (!isRunsQuery(query.queryKey, change.experiment_id) || !query.isActive() || !query.state.data)
      return false
    if (isUnseen(query, change)) return true
    if (!canPatch(query, change)) return false
    const keys = change.type === 'metrics' && change.keys ? new Set(change.keys) : undefined
    if (this.#queue.put(query, new Map([[change.run_id, keys]])).size <= MAX_RUNS) return true
    this.#queue.drop(query)
    return false
  }

  stop() {
    this.#queue.stop()
  }
}

async function read(query: Query, pending: Pending): Promise<Pages> {
  const stage = searchOf(query).deleted ? 'deleted' : 'active'
  let pages = query.state.data as Pages
  for (const { projection, ids, isWhole } of byProjection(pending, readKeys(query)))
    pages = withRuns(pages, ids, await batchGetRuns(ids, projection), { isWhole, stage })
  return pages
}

function merge(earlier: Pending, later: Pending): Pending {
  const merged = new Map(earlier)
  for (const [id, keys] of later) merged.set(id, merged.has(id) ? union(merged.get(id), keys) : keys)
  return merged
}

/** Returns whether the list of keys need not be read again. Long lists are complete in all likelihood, and not read for each parameter. */
function hasKeys(known: RunKeys | undefined, change: RunChange): boolean {
  if (!known) return false
  if (change.type === 'metrics' && change.keys) return change.keys.every((key) => known.metrics.includes(key))
  return known.metrics.length + known.params.length + known.tags.length > MAX_LISTED_KEYS
}

/** The keys that some page of the table has read. */
const readKeys = ({ state }: Query) =>
  (state.data as Pages).pages.reduce((keys, page) => unionOfKeys(keys, page.keys), NO_KEYS)

function searchOf({ queryKey }: Query) {
  const [, , deleted, filter = '', orderBy = ''] = queryKey as Parts
  return { deleted, filter, orderBy }
}

/** Returns whether the table neither shows the changed metrics nor depends on them. */
function isUnseen(query: Query, change: RunChange): boolean {
  if (change.type !== 'metrics' || !change.keys) return false
  const { filter, orderBy } = searchOf(query)
  const { metrics } = readKeys(query)
  return change.keys.every((key) => !metrics.includes(key) && !filter.includes(key) && !orderBy.includes(key))
}

/** A metric patches every table that is neither filtered nor ordered by it; another change only those in the default order. */
function canPatch(query: Query, change: RunChange): boolean {
  const { filter, orderBy } = searchOf(query)
  const isLoaded = (query.state.data as Pages).pages.some(({ runs }) =>
    runs?.some(({ info }) => info.run_id === change.run_id),
  )
  if (change.type === 'run' || !isLoaded) return filter === '' && orderBy === ''
  return change.keys?.every((key) => !filter.includes(key) && !orderBy.includes(key)) ?? false
}

const union = (a: Keys, b: Keys): Keys => a && b && new Set([...a, ...b])

interface Batch {
  readonly projection: Projection
  readonly ids: string[]
  /** True if the runs are read with all keys of the table, not only some metrics. */
  readonly isWhole: boolean
}

function byProjection(pending: Pending, read: ColumnKeys): Batch[] {
  const whole: string[] = []
  const partial: string[] = []
  const metrics = new Set<string>()
  for (const [id, keys] of pending) {
    if (keys) partial.push(id)
    else whole.push(id)
    for (const key of keys ?? []) if (read.metrics.includes(key)) metrics.add(key)
  }
  const some = { ...NO_KEYS, metrics: [...metrics] }
  return [
    { projection: toProjection(read), ids: whole, isWhole: true },
    { projection: toProjection(some), ids: partial, isWhole: false },
  ].filter(({ ids }) => ids.length > 0)
}

interface PatchOptions {
  /** True if the runs have all that was logged, not only some metrics. */
  readonly isWhole: boolean
  /** The lifecycle stage of the runs of the table. */
  readonly stage: string
}

export function withRuns(
  data: Pages,
  ids: readonly string[],
  runs: readonly Run[],
  { isWhole, stage }: PatchOptions,
): Pages {
  const changed = new Map(runs.map((run) => [run.info.run_id, run]))
  const known = new Set<string>()
  const pages = data.pages.map((page) => {
    const kept = (page.runs ?? []).flatMap((run) => {
      const { run_id } = run.info
      if (!ids.includes(run_id)) return [run]
      known.add(run_id)
      const next = changed.get(run_id)
      if (!next || next.info.lifecycle_stage !== stage) return []
      return [isWhole ? next : withMetrics(run, next)]
    })
    return { ...page, runs: kept }
  })
  const added = runs.filter(
    ({ info }) => isWhole && !known.has(info.run_id) && info.lifecycle_stage === stage,
  )
  const first = data.pageParams[0]?.index === 0 ? pages[0] : undefined
  if (first && added.length > 0) {
    const isNewer = (a: Run, b: Run) => b.info.start_time - a.info.start_time
    pages[0] = { ...first, runs: [...added, ...(first.runs ?? [])].sort(isNewer) }
  }
  return { ...data, pages }
}

/** A run with the metrics that were read of it again. */
export function withMetrics(run: Run, { info, data }: Run): Run {
  const metrics = new Map((run.data.metrics ?? []).map((metric) => [metric.key, metric]))
  for (const metric of data.metrics ?? []) metrics.set(metric.key, metric)
  return { ...run, info, data: { ...run.data, metrics: [...metrics.values()] } }
}
