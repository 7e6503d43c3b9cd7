import type { RunKeys } from '../api/runs.js'
import { compareNaturally } from '../app/natural-order.js'
import { compareMetricKeys, isIntervalKey, isSystemKey, RANKING_METRICS } from '../metrics/metric-name.js'
import { durationOf, type RunRow, runName } from './row.js'

export type ColumnKind = 'attributes' | 'metrics' | 'params' | 'tags'

export interface Column {
  /** As in MLflow's `order_by`: `metrics.precision_at_10`. */
  readonly id: string
  readonly kind: ColumnKind
  readonly key: string
}

const ATTRIBUTES = ['start_time', 'duration', 'status', 'user_id', 'run_id', 'end_time'] as const
const SORTABLE = new Set(['start_time', 'end_time', 'status', 'run_name', 'run_id', 'user_id'])
const MAX_PARAMS = 6
const MAX_METRICS = 4

export const column = (kind: ColumnKind, key: string): Column => ({ id: `${kind}.${key}`, kind, key })

export function columnFromId(id: string): Column | undefined {
  const dot = id.indexOf('.')
  const kind = id.slice(0, dot)
  if (dot < 0 || !['attributes', 'metrics', 'params', 'tags'].includes(kind)) return undefined
  return column(kind as ColumnKind, id.slice(dot + 1))
}

/** All attributes, and every metric, parameter and tag of the experiment or of any row. */
export function availableColumns(rows: readonly RunRow[], known?: RunKeys): Column[] {
  const keys = {
    metrics: new Set(known?.metrics),
    params: new Set(known?.params),
    tags: new Set(known?.tags),
  }
  for (const row of rows)
    for (const kind of ['metrics', 'params', 'tags'] as const)
      for (const key of row[kind].keys()) keys[kind].add(key)
  return [
    ...ATTRIBUTES.map((key) => column('attributes', key)),
    ...[...keys.metrics].sort(compareMetricKeys).map((key) => column('metrics', key)),
    ...[...keys.params].sort(compareNaturally).map((key) => column('params', key)),
    ...[...keys.tags].sort(compareNaturally).map((key) => column('tags', key)),
  ]
}

/** Key metrics first, then model kind, times, parameters that vary, protocol. */
export function defaultColumns(available: readonly Column[], rows: readonly RunRow[]): Column[] {
  const metrics = available.filter(
    ({ kind, key }) => kind === 'metrics' && !isIntervalKey(key) && !isSystemKey(key),
  )
  const ranking = metrics.filter(({ key }) => (RANKING_METRICS as readonly string[]).includes(key))
  return [
    ...(ranking.length > 0 ? ranking : metrics).slice(0, MAX_METRICS),
    ...available.filter(({ id }) => id === 'tags.cairn.model_kind'),
    column('attributes', 'start_time'),
    column('attributes', 'duration'),
    ...varyingParams(available, rows).slice(0, MAX_PARAMS),
    ...available.filter(({ id }) => id === 'tags.cairn.protocol'),
  ]
}

/** Parameters that differ between runs, the most frequent first. */
function varyingParams(available: readonly Column[], rows: readonly RunRow[]): Column[] {
  const valuesOf = ({ key }: Column) => rows.flatMap((row) => row.params.get(key) ?? [])
  return available
    .filter(({ kind }) => kind === 'params')
    .map((column) => ({ column, values: valuesOf(column) }))
    .filter(({ values }) => rows.length < 2 || values.length < rows.length || new Set(values).size > 1)
    .sort((a, b) => b.values.length - a.values.length)
    .map(({ column }) => column)
}

export const isSortable = ({ kind, key }: Column) => kind !== 'attributes' || SORTABLE.has(key)

export type Cell = string | number | undefined

export function cellOf(row: RunRow, { kind, key }: Column, now: number): Cell {
  switch (kind) {
    case 'metrics':
    case 'params':
    case 'tags':
      return row[kind].get(key)
    case 'attributes':
      if (key === 'duration') return durationOf(row.info, now)
      if (key === 'run_name') return runName(row.info)
      return row.info[key as keyof typeof row.info]
  }
}
