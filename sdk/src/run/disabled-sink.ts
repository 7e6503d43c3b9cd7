import type { LoggedModel, LogModelOptions, RegisterModelOptions } from '../models/log-model.js'
import type { ModelVersion } from '../registry.js'
import type { StoredArtifact } from '../tracking/artifacts.js'
import { newUuid } from '../uuid.js'
import type { RunSink } from './run-sink.js'

/** Logs nothing (`mode: 'disabled'`). */
export class DisabledSink implements RunSink {
  readonly id = `disabled-${newUuid()}`
  readonly experimentId = ''
  readonly name: string
  readonly artifactUri = ''
  readonly client = undefined

  constructor(name = '') {
    this.name = name
  }

  async log(): Promise<void> {}
  async inputs(): Promise<void> {}
  async table(): Promise<void> {}
  async flush(): Promise<void> {}
  async end(): Promise<void> {}

  async artifact(path: string): Promise<StoredArtifact> {
    return { path, size: 0, sha256: '' }
  }

  async model(_files: unknown, { name }: LogModelOptions): Promise<LoggedModel> {
    return { modelId: '', modelUri: '', artifactUri: '', name, runId: this.id }
  }

  async register(_model: LoggedModel, { name }: RegisterModelOptions): Promise<ModelVersion> {
    return pendingVersion(name, 'logging is disabled')
  }
}

/** Placeholder for a model version without a number from a server. */
export const pendingVersion = (name: string, status_message: string): ModelVersion => ({
  name,
  version: '',
  creation_timestamp: Date.now(),
  last_updated_timestamp: Date.now(),
  source: '',
  status: 'PENDING_REGISTRATION',
  status_message,
})
