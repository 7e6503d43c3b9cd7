import { newUuid } from '../host/uuid.js'
import type { LoggedModel, LogModel, RegisterModel } from '../models/log-model.js'
import type { ModelVersion } from '../registry.js'
import type { RunSink, StoredArtifact } from './run-sink.js'

/** `mode: 'disabled'`: the same program, with nothing logged. */
export class SilentSink implements RunSink {
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

  async model(_files: unknown, { name }: LogModel): Promise<LoggedModel> {
    return { modelId: '', modelUri: '', artifactUri: '', name, runId: this.id }
  }

  async register(_model: LoggedModel, { name }: RegisterModel): Promise<ModelVersion> {
    return pendingVersion(name, 'logging is disabled')
  }
}

/** Stands for a version that no server has numbered yet. */
export const pendingVersion = (name: string, status_message: string): ModelVersion => ({
  name,
  version: '',
  creation_timestamp: Date.now(),
  last_updated_timestamp: Date.now(),
  source: '',
  status: 'PENDING_REGISTRATION',
  status_message,
})
