import type { Run, RunInfo } from '../api/runs.js'
import { intervalKeys } from '../metrics/metric-name.js'

/** A run with its metrics, parameters and tags indexed by key. */
export interface RunRow {
  readonly info: RunInfo
  readonly metrics: ReadonlyMap<string, number>
  readonly params: ReadonlyMap<string, string>
  readonly tags: ReadonlyMap<string, string>
  /** Keys of metrics logged beyond step 0, which have a chart. */
  readonly curves: readonly string[]
}

export function toRow(run: Run): RunRow {
  const metrics = run.data.metrics ?? []
  return {
    info: run.info,
    metrics: new Map(metrics.map(({ key, value }) => [key, Number(value)])),
    params: new Map((run.data.params ?? []).map(({ key, value }) => [key, value ?? ''])),
    tags: new Map((run.data.tags ?? []).map(({ key, value }) => [key, value ?? ''])),
    curves: metrics.filter(({ step }) => Number(step ?? 0) > 0).map(({ key }) => key),
  }
}

export const runName = (info: RunInfo) => info.run_name || info.run_id.slice(0, 8)

export const durationOf = (info: RunInfo, now: number): number | undefined => {
  const end = info.end_time || (info.status === 'RUNNING' ? now : undefined)
  return info.start_time && end !== undefined ? Math.max(0, end - info.start_time) : undefined
}

export interface Interval {
  readonly low: number
  readonly high: number
}

/** The 95% interval logged with a metric. */
export function intervalOf(metrics: ReadonlyMap<string, number>, key: string): Interval | undefined {
  const [lowKey, highKey] = intervalKeys(key)
  const low = metrics.get(lowKey)
  const high = metrics.get(highKey)
  return low === undefined || high === undefined || !(low <= high) ? undefined : { low, high }
}
