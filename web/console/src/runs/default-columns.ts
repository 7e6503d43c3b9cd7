import { byQuality } from '../metrics/direction.js'
import { isOwnMetric, RANKING_METRICS } from '../metrics/metric-name.js'
import { type Column, column } from './columns.js'
import type { RunRow } from './row.js'

const MAX_PARAMS = 6
const MAX_METRICS = 4

/** The first ranking metrics among the keys, or else all others. @param keys in display order */
export function candidateMetrics(keys: readonly string[]): string[] {
  const metrics = keys.filter(isOwnMetric)
  const ranking = metrics.filter((key) => (RANKING_METRICS as readonly string[]).includes(key))
  return ranking.length > 0 ? ranking.slice(0, MAX_METRICS) : metrics
}

/** Key metrics first, then model kind, times, parameters that vary, protocol. */
export function defaultColumns(available: readonly Column[], rows: readonly RunRow[]): Column[] {
  const metrics = available.filter(({ kind }) => kind === 'metrics').map(({ key }) => key)
  return [
    ...keyMetrics(metrics, rows).map((key) => column('metrics', key)),
    ...available.filter(({ id }) => id === 'tags.cairn.model_kind'),
    column('attributes', 'start_time'),
    column('attributes', 'duration'),
    ...varyingParams(available, rows).slice(0, MAX_PARAMS),
    ...available.filter(({ id }) => id === 'tags.cairn.protocol'),
  ]
}

/** A few metrics stay in display order; of many, those of quality come first, the most frequent among the runs before others. */
function keyMetrics(keys: readonly string[], rows: readonly RunRow[]): string[] {
  const candidates = candidateMetrics(keys)
  if (candidates.length <= MAX_METRICS) return candidates
  const counts = new Map(
    candidates.map((key) => [key, rows.filter(({ metrics }) => metrics.has(key)).length]),
  )
  return byQuality(candidates.sort((a, b) => counts.get(b)! - counts.get(a)!)).slice(0, MAX_METRICS)
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
