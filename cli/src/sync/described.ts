import type { OfflineRun } from '@cairn/sdk/offline/list'
import type { SyncReport } from '@cairn/sdk/offline/sync'
import type { Columns } from '../client/output.js'
import { size } from './byte-bar.js'

/** A run as `cairn sync` shows it: what it is, and what became of it or would. */
export interface DescribedRun {
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

export const COLUMNS: Columns<DescribedRun> = {
  run: (run) => run.run_id || run.offline_id,
  name: (run) => run.name,
  experiment: (run) => run.experiment,
  metrics: (run) => run.metrics,
  artifacts: (run) => run.artifacts,
  models: (run) => run.models,
  size: (run) => size(run.bytes),
  state: (run) => run.state,
}

const OUTCOMES = {
  synced: 'sent',
  live: 'sent so far, still logging',
  busy: 'being sent by another process',
  refused: 'not sent',
} as const

export function describeRun(run: OfflineRun, report?: SyncReport): DescribedRun {
  const { start, metrics, artifacts, models } = run.survey
  return {
    offline_id: start.id,
    run_id: report?.run_id ?? run.state.target?.run_id ?? '',
    name: start.name ?? '',
    experiment: start.experiment,
    metrics,
    artifacts: artifacts.size,
    models,
    bytes: bytesOf(run),
    state: report ? OUTCOMES[report.outcome] : before(run),
    problems: report?.problems ?? [],
  }
}

export const bytesOf = ({ survey }: OfflineRun): number => survey.logBytes + survey.artifactBytes

function before(run: OfflineRun): string {
  if (run.done) return 'sent before'
  const sent = run.state.target ? 'sent in part' : 'not sent'
  return run.live ? `${sent}, still logging` : sent
}

/** What the log lost, a sentence each. */
export function damageOf({ survey, live }: OfflineRun): string[] {
  const { start, tornBytes, lines, end } = survey
  const said: string[] = []
  if (tornBytes > 0 && !live)
    said.push(`the last line was not written to its end; its ${tornBytes} bytes are left out`)
  if (lines > 0) said.push(`${lines} ${lines === 1 ? 'line is' : 'lines are'} damaged and left out`)
  if (!end && !live) said.push('its process ended without ending the run, which counts as KILLED')
  return said.map((sentence) => `${start.name ?? start.id}: ${sentence}`)
}
