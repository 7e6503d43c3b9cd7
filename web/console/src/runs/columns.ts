import type { RunKeys } from '../api/runs.js'
import { compareNaturally } from '../app/natural-order.js'
import { compareMetricKeys } from '../metrics/metric-name.js'
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

/** Returns whether loaded runs have different values. Attributes always count as different. */
export function differs({ kind, key }: Column, rows: readonly RunRow[]): boolean {
  if (kind === 'attributes') return true
  const first = rows[0]?.[kind].get(key)
  return rows.some((row) => row[kind].get(key) !== first)
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
