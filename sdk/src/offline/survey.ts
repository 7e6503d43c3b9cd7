import { join } from 'node:path'
import type { Table } from '../run/log-table.js'
import type { LogEvent, StoredFile } from './event.js'
import { type Damage, readLog } from './read-log.js'

export type RunStart = Extract<LogEvent, { type: 'run' }>

/** What of an artifact is to be stored in the end: bytes, rows added to a table, or both. */
export interface ArtifactPlan {
  readonly file?: StoredFile
  readonly rows?: Table
}

/** A run's log at a glance. */
export interface Survey extends Damage {
  readonly start: RunStart
  readonly end: RunEnd | undefined
  /** Milliseconds since the epoch of the last thing that happened. */
  readonly lastAt: number
  readonly metrics: number
  readonly models: number
  readonly artifacts: ReadonlyMap<string, ArtifactPlan>
  /** Bytes of whole lines. */
  readonly logBytes: number
  readonly artifactBytes: number
}

type RunEnd = Extract<LogEvent, { type: 'end' }>

/** @returns undefined when the log has no whole first line: the process died before the run had begun */
export async function survey(runFolder: string): Promise<Survey | undefined> {
  const tally = new Tally()
  let damage: Damage = { lines: 0, tornBytes: 0 }
  let logBytes = 0
  const log = readLog<LogEvent>(join(runFolder, 'log.jsonl'), 0, (found) => {
    damage = found
  })
  for await (const { event, end } of log) {
    tally.add(event)
    logBytes = end
  }
  const { start, end, lastAt, metrics, models, artifacts } = tally
  if (!start) return undefined
  const artifactBytes = [...artifacts.values()].reduce((sum, { file }) => sum + (file?.size ?? 0), 0)
  const bytes = { logBytes, artifactBytes: artifactBytes + tally.modelBytes }
  return { start, end, lastAt, metrics, models, artifacts, ...damage, ...bytes }
}

class Tally {
  start: RunStart | undefined
  end: RunEnd | undefined
  lastAt = 0
  metrics = 0
  models = 0
  modelBytes = 0
  readonly artifacts = new Map<string, ArtifactPlan>()

  add(event: LogEvent): void {
    switch (event.type) {
      case 'run':
        this.start = event
        this.lastAt = event.start_time
        break
      case 'batch':
        this.lastAt = event.at
        this.metrics += event.batch.metrics?.length ?? 0
        break
      case 'artifact':
        this.artifacts.set(event.path, { file: event.file })
        break
      case 'table':
        this.artifacts.set(event.path, withRows(this.artifacts.get(event.path), event.rows))
        break
      case 'model':
        this.models++
        for (const file of Object.values(event.files)) this.modelBytes += file.size
        break
      case 'end':
        this.end = event
    }
  }
}

const withRows = (plan: ArtifactPlan = {}, rows: Table): ArtifactPlan => ({
  ...plan,
  rows: [...(plan.rows ?? []), ...rows],
})
