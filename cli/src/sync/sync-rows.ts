import type { OfflineRun } from '@cairn/sdk/offline/offline-runs'
import type { SyncReport } from '@cairn/sdk/offline/sync'
import { formatBytes } from '../client/format.js'
import type { Columns } from '../client/output.js'

/** A row of `cairn sync`: an offline run and the state of its upload. */
export interface SyncRow {
  readonly offline_id: string
  readonly run_id: string
  readonly name: string
  readonly experiment: string
  readonly metrics: number
  readonly artifacts: number
  readonly models: number
  readonly bytes: number
  readonly state: string
  readonly problems: readonly string[]
}

export const COLUMNS: Columns<SyncRow> = {
  run: (run) => run.run_id || run.offline_id,
  name: (run) => run.name,
  experiment: (run) => run.experiment,
  metrics: (run) => run.metrics,
  artifacts: (run) => run.artifacts,
  models: (run) => run.models,
  size: (run) => formatBytes(run.bytes),
  state: (run) => run.state,
}

const OUTCOMES = {
  synced: 'uploaded',
  live: 'uploaded so far, still logging',
  busy: 'being uploaded by another process',
  refused: 'not uploaded',
} as const

export function describeRun(run: OfflineRun, report?: SyncReport): SyncRow {
  const { start, metrics, artifacts, models } = run.summary
  return {
    offline_id: start.id,
    run_id: report?.run_id ?? run.state.target?.run_id ?? '',
    name: start.name ?? '',
    experiment: start.experiment,
    metrics,
    artifacts: artifacts.size,
    models,
    bytes: bytesOf(run),
    state: report ? OUTCOMES[report.outcome] : stateBefore(run),
    problems: report?.problems ?? [],
  }
}

export const bytesOf = ({ summary }: OfflineRun): number => summary.logBytes + summary.artifactBytes

function stateBefore(run: OfflineRun): string {
  if (run.done) return 'uploaded before'
  const state = run.state.target ? 'partly uploaded' : 'not uploaded'
  return run.live ? `${state}, still logging` : state
}

/** A sentence for each kind of damage in the log. */
export function describeDamage({ summary, live }: OfflineRun): string[] {
  const { start, tornBytes, lines, end } = summary
  const sentences: string[] = []
  if (tornBytes > 0 && !live)
    sentences.push(`the last line is incomplete; its ${tornBytes} bytes are skipped`)
  if (lines > 0) sentences.push(`${lines} damaged ${lines === 1 ? 'line is' : 'lines are'} skipped`)
  if (!end && !live) sentences.push('its process ended without ending the run; its status is KILLED')
  return sentences.map((sentence) => `${start.name ?? start.id}: ${sentence}`)
}
