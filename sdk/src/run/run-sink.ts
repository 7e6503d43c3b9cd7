import type { LoggedModel, LogModelOptions, RegisterModelOptions } from '../models/log-model.js'
import type { ModelFiles } from '../models/model-files.js'
import type { ModelVersion } from '../registry.js'
import type { Table } from '../tables/log-table.js'
import type { StoredArtifact } from '../tracking/artifacts.js'
import type { Batch } from '../tracking/runs.js'
import type { TrackingClient } from '../tracking.js'
import type { Content } from '../transport.js'
import type { DatasetInput, RunStatus } from '../wire.js'

/** Destination of a run's log: a server, a local folder, or nothing. */
export interface RunSink {
  readonly id: string
  readonly experimentId: string
  readonly name: string
  /** Empty if the run is not on a server. */
  readonly artifactUri: string
  readonly client: TrackingClient | undefined
  /** Folder of an offline run. */
  readonly folder?: string
  /** Queues the values in order; resolves when there is room for more. */
  log(batch: Batch): Promise<void>
  inputs(datasets: readonly DatasetInput[]): Promise<void>
  artifact(path: string, content: Content): Promise<StoredArtifact>
  /** Appends rows to the table at `path`. */
  table(path: string, rows: Table): Promise<void>
  model(files: ModelFiles, options: LogModelOptions): Promise<LoggedModel>
  register(model: LoggedModel, options: RegisterModelOptions): Promise<ModelVersion>
  /** Resolves when everything logged so far is stored or reported as lost. */
  flush(): Promise<void>
  end(status: RunStatus, endTime: number): Promise<void>
}
