import type { LoggedModel, LogModel, RegisterModel } from '../models/log-model.js'
import type { ModelFiles } from '../models/model-files.js'
import type { ModelVersion } from '../registry.js'
import type { Batch } from '../tracking/runs.js'
import type { TrackingClient } from '../tracking.js'
import type { Content } from '../transport.js'
import type { DatasetInput, RunStatus } from '../wire.js'
import type { Table } from './log-table.js'

/** A file as it was stored. */
export interface StoredArtifact {
  readonly path: string
  readonly size: number
  /** Hex, over the bytes that were sent. */
  readonly sha256: string
}

/** Where what a run logs goes: a server, a folder on this machine, or nowhere. */
export interface RunSink {
  readonly id: string
  readonly experimentId: string
  readonly name: string
  /** Empty where the run has no place on a server yet. */
  readonly artifactUri: string
  readonly client: TrackingClient | undefined
  /** The folder of a run that is logged offline. */
  readonly folder?: string
  /** Takes the values in order; resolves when there is room for more. */
  log(batch: Batch): Promise<void>
  inputs(datasets: readonly DatasetInput[]): Promise<void>
  artifact(path: string, content: Content): Promise<StoredArtifact>
  /** Adds rows to the table at `path`. */
  table(path: string, rows: Table): Promise<void>
  model(files: ModelFiles, options: LogModel): Promise<LoggedModel>
  register(model: LoggedModel, options: RegisterModel): Promise<ModelVersion>
  /** Resolves when everything before it is stored or reported lost. */
  flush(): Promise<void>
  end(status: RunStatus, endTime: number): Promise<void>
}
