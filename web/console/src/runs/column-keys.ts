import type { Projection, RunKeys } from '../api/runs.js'
import { compareNaturally } from '../app/natural-order.js'
import { byQuality } from '../metrics/direction.js'
import { compareMetricKeys, intervalKeys } from '../metrics/metric-name.js'
import type { Column } from './columns.js'
import { candidateMetrics } from './default-columns.js'

const KINDS = ['metrics', 'params', 'tags'] as const

/** Keys of metrics, parameters and tags that are read of each run. */
export type ColumnKeys = { readonly [kind in (typeof KINDS)[number]]: readonly string[] }

export const PARENT = 'mlflow.parentRunId'
export const MODEL_KIND = 'cairn.model_kind'
export const PROTOCOL = 'cairn.protocol'
export const COLOUR = 'mlflow.runColor'

/** Tags by which the table nests, colours and scales runs. */
const TABLE_TAGS = [PARENT, PROTOCOL, COLOUR]
/** Metrics, and parameters, among which the default columns are chosen. */
const MAX_CANDIDATES = 40

export const NO_KEYS: ColumnKeys = { metrics: [], params: [], tags: [] }

/** The keys of columns, with the bounds of metrics that have an interval. */
export function keysOfColumns(columns: readonly Column[], known: RunKeys): ColumnKeys {
  const keysOf = (kind: Column['kind']) => columns.filter((one) => one.kind === kind).map(({ key }) => key)
  const logged = new Set(known.metrics)
  return {
    metrics: keysOf('metrics').flatMap((key) => [
      key,
      ...intervalKeys(key).filter((bound) => logged.has(bound)),
    ]),
    params: keysOf('params'),
    tags: [...new Set([...TABLE_TAGS, ...keysOf('tags')])],
  }
}

/** The keys among which the default columns are chosen. */
export function candidateKeys(known: RunKeys): ColumnKeys {
  const logged = new Set(known.metrics)
  const candidates = candidateMetrics([...known.metrics].sort(compareMetricKeys))
  const metrics = byQuality(candidates).slice(0, MAX_CANDIDATES)
  return {
    metrics: metrics.flatMap((key) => [key, ...intervalKeys(key).filter((bound) => logged.has(bound))]),
    params: [...known.params].sort(compareNaturally).slice(0, MAX_CANDIDATES),
    tags: [...TABLE_TAGS, MODEL_KIND],
  }
}

export const union = (a: ColumnKeys, b: ColumnKeys): ColumnKeys => ({
  metrics: [...new Set([...a.metrics, ...b.metrics])],
  params: [...new Set([...a.params, ...b.params])],
  tags: [...new Set([...a.tags, ...b.tags])],
})

/** The wanted keys that have not been read; undefined if all have. */
export function missingKeys(read: ColumnKeys, wanted: ColumnKeys): ColumnKeys | undefined {
  const rest = (kind: keyof ColumnKeys) => {
    const known = new Set(read[kind])
    return wanted[kind].filter((key) => !known.has(key))
  }
  const missing = { metrics: rest('metrics'), params: rest('params'), tags: rest('tags') }
  return KINDS.some((kind) => missing[kind].length > 0) ? missing : undefined
}

/** Datasets have long schemas, which the table does not show. */
export const toProjection = ({ metrics, params, tags }: ColumnKeys): Projection => ({
  metrics: [...metrics],
  params: [...params],
  tags: [...tags],
  inputs: false,
})

/** Columns that are read at once. */
const MAX_READ = 80
/** The columns in view move this far before others are read. */
const CHUNK = 20

export const chunkOf = (index: number) => Math.floor(index / CHUNK)

interface ColumnsInView {
  /** True if the columns are compared, which needs all of them. */
  readonly differing: boolean
  /** Ids of columns that are always in view. */
  readonly fixed: readonly string[]
  /** The chunk of the first other column in view. */
  readonly chunk: number
}

/** All columns if they are few or compared, else the fixed ones and those around the columns in view. */
export function columnsToRead(columns: readonly Column[], { differing, fixed, chunk }: ColumnsInView) {
  if (differing || columns.length <= MAX_READ) return columns
  const start = Math.max(0, (chunk - 1) * CHUNK)
  return columns.filter(({ id }, i) => (i >= start && i < start + MAX_READ) || fixed.includes(id))
}
