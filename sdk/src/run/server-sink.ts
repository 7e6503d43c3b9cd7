import {
  type LoggedModel,
  type LogModelOptions,
  logModel,
  type RegisterModelOptions,
  registerModel,
} from '../models/log-model.js'
import type { ModelFiles } from '../models/model-files.js'
import type { ModelVersion } from '../registry.js'
import { appendTable, type Table } from '../tables/log-table.js'
import type { StoredArtifact } from '../tracking/artifacts.js'
import type { Batch } from '../tracking/runs.js'
import type { TrackingClient } from '../tracking.js'
import type { Content } from '../transport.js'
import type { DatasetInput, RunRecord, RunStatus } from '../wire.js'
import { LogBuffer } from './log-buffer.js'
import type { RunSink } from './run-sink.js'

/** Logs to a server. Metrics, parameters and tags are buffered, everything else is sent immediately. */
export class ServerSink implements RunSink {
  readonly id: string
  readonly experimentId: string
  readonly name: string
  readonly artifactUri: string
  readonly client: TrackingClient
  readonly #buffer: LogBuffer
  #tables: Promise<void> = Promise.resolve()

  constructor(
    client: TrackingClient,
    { info }: RunRecord,
    onLostValues: (error: unknown, lost: Batch) => void = () => {},
  ) {
    this.id = info.run_id
    this.experimentId = info.experiment_id
    this.name = info.run_name ?? ''
    this.artifactUri = info.artifact_uri
    this.client = client
    this.#buffer = new LogBuffer((batch) => client.runs.logBatch(this.id, batch), { onLostValues })
  }

  log(batch: Batch): Promise<void> {
    return this.#buffer.add(batch)
  }

  inputs(datasets: readonly DatasetInput[]): Promise<void> {
    return this.client.runs.logInputs(this.id, datasets)
  }

  artifact(path: string, content: Content): Promise<StoredArtifact> {
    return this.client.artifacts.put(this.artifactUri, path, content)
  }

  /** Sequential, as each append reads the table that the previous one wrote. */
  table(path: string, rows: Table): Promise<void> {
    const appended = this.#tables.then(async () => {
      await this.flush()
      await appendTable(this.client, this, path, rows)
    })
    this.#tables = appended.catch(() => {})
    return appended
  }

  async model(files: ModelFiles, options: LogModelOptions): Promise<LoggedModel> {
    await this.flush()
    return logModel(this.client, this, files, options)
  }

  register(model: LoggedModel, options: RegisterModelOptions): Promise<ModelVersion> {
    return registerModel(this.client, model, options)
  }

  flush(): Promise<void> {
    return this.#buffer.flush()
  }

  async end(status: RunStatus, endTime: number): Promise<void> {
    await this.flush()
    await this.client.runs.update(this.id, { status, end_time: endTime })
  }
}
