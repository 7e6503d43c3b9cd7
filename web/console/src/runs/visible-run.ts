import type { RunStatus } from '../api/runs.js'
import type { RunRow } from './row.js'
import { runName } from './row.js'
import type { RunAppearance } from './run-appearance.js'

/**
 * A loaded run of the table as its charts see it. The maps hold the keys that the table reads, those of its columns; charts read
 * others with `batchGetRuns`.
 */
export interface VisibleRun {
  readonly runId: string
  readonly experimentId: string
  readonly name: string
  /** A CSS colour: a variable of the theme or `#rrggbb`. */
  readonly color: string
  /** True if its eye is open. */
  readonly visible: boolean
  readonly startTime: number
  readonly endTime: number | undefined
  readonly status: RunStatus
  readonly params: ReadonlyMap<string, string>
  /** Latest values. */
  readonly metrics: ReadonlyMap<string, number>
  readonly tags: ReadonlyMap<string, string>
  /** Label of its group while the table groups its rows. */
  readonly group?: string
}

export const toVisibleRun = (row: RunRow, { color, visible }: RunAppearance, group?: string): VisibleRun => ({
  runId: row.info.run_id,
  experimentId: row.info.experiment_id,
  name: runName(row.info),
  color,
  visible,
  startTime: row.info.start_time,
  endTime: row.info.end_time || undefined,
  status: row.info.status,
  params: row.params,
  metrics: row.metrics,
  tags: row.tags,
  ...(group !== undefined && { group }),
})
