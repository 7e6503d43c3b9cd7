import { join } from 'node:path'
import type { Table } from '../tables/log-table.js'
import type { LogEvent, StoredFile } from './event.js'
import { type LogDamage, readLog } from './read-log.js'

export type RunStart = Extract<LogEvent, { type: 'run' }>

/** Final content of an artifact: a file, rows appended to a table, or both. */
export interface ArtifactSummary {
  readonly file?: StoredFile
  readonly rows?: Table
}

/** Totals and final artifacts of a run's log. */
export interface LogSummary extends LogDamage {
  readonly start: RunStart
  readonly end: RunEnd | undefined
  /** Time of the last event, in milliseconds since the epoch. */
  readonly lastAt: number
  readonly metrics: number
  readonly models: number
  readonly artifacts: ReadonlyMap<string, ArtifactSummary>
  /** Bytes of complete lines. */
  readonly logBytes: number
  readonly artifactBytes: number
}

type RunEnd = Extract<LogEvent, { type: 'end' }>

/** @returns undefined if the process died before it had written the first line */
export async function summarizeLog(runFolder: string): Promise<LogSummary | undefined> {
  const builder = new LogSummaryBuilder()
  let damage: LogDamage = { lines: 0, tornBytes: 0 }
  let logBytes = 0
  const log = readLog<LogEvent>(join(runFolder, 'log.jsonl'), 0, (found) => {
    damage = found
  })
  for await (const { event, end } of log) {
    builder.add(event)
    logBytes = end
  }
  const { start, end, lastAt, metrics, models, artifacts } = builder
  if (!start) return undefined
  const artifactBytes = [...artifacts.values()].reduce((sum, { file }) => sum + (file?.size ?? 0), 0)
  const bytes = { logBytes, artifactBytes: artifactBytes + builder.modelBytes }
  return { start, end, lastAt, metrics, models, artifacts, ...damage, ...bytes }
}

class LogSummaryBuilder {
  start: RunStart | undefined
  end: RunEnd | undefined
  lastAt = 0
  metrics = 0
  models = 0
  modelBytes = 0
  readonly artifacts = new Map<string, ArtifactSummary>()

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

const withRows = (artifact: ArtifactSummary = {}, rows: Table): ArtifactSummary => ({
  ...artifact,
  rows: [...(artifact.rows ?? []), ...rows],
})
