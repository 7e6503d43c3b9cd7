import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { LoggedModel, LogModelOptions, RegisterModelOptions } from '../models/log-model.js'
import { completeModelFiles, type ModelFiles } from '../models/model-files.js'
import type { ModelVersion } from '../registry.js'
import { pendingVersion } from '../run/disabled-sink.js'
import type { RunSink } from '../run/run-sink.js'
import type { Table } from '../tables/log-table.js'
import { artifactPathSegments, type StoredArtifact } from '../tracking/artifacts.js'
import type { Batch } from '../tracking/runs.js'
import type { Content } from '../transport.js'
import { type DatasetInput, type RunStatus, toWireNumber } from '../wire.js'
import type { LogEvent, StoredFile } from './event.js'
import { FileStore } from './file-store.js'
import { LogFile, syncFolder } from './log-file.js'
import { thisProcess } from './process-identity.js'

/** Longest time that a metric is only in the page cache. */
const SYNC_AFTER_MS = 1000

export interface OfflineRunOptions {
  readonly experiment: string
  readonly name?: string
  readonly tags: Record<string, string>
  /** Parent folder of the run folders. */
  readonly folder: string
  /** The parent run: another offline run, or a run on the server. */
  readonly parent?: { readonly offline: string } | { readonly runId: string }
}

/**
 * Logs to a local folder: `log.jsonl` and `files/`. Every event survives a crash of the process once its call has returned,
 * and a crash of the machine once the call has resolved; metrics may take a second longer.
 */
export class OfflineSink implements RunSink {
  readonly id: string
  /** The experiment's name, as only a server assigns ids. */
  readonly experimentId: string
  readonly name: string
  readonly artifactUri = ''
  readonly client = undefined
  readonly folder: string
  readonly #log: LogFile
  readonly #files: FileStore
  #timer: ReturnType<typeof setTimeout> | undefined

  private constructor(id: string, start: OfflineRunOptions, folder: string, log: LogFile) {
    this.id = id
    this.experimentId = start.experiment
    this.name = start.name ?? ''
    this.folder = folder
    this.#log = log
    this.#files = new FileStore(join(folder, 'files'))
  }

  static async create(start: OfflineRunOptions): Promise<OfflineSink> {
    const id = crypto.randomUUID()
    const { folder: parentFolder, ...run } = start
    const folder = join(resolve(parentFolder), id)
    await mkdir(folder, { recursive: true })
    await syncFolder(resolve(parentFolder))
    const log = await LogFile.create(join(folder, 'log.jsonl'))
    const sink = new OfflineSink(id, start, folder, log)
    await sink.#write({ type: 'run', id, ...run, start_time: Date.now(), process: thisProcess() })
    return sink
  }

  async log(batch: Batch): Promise<void> {
    const metrics = batch.metrics?.map((metric) => ({
      ...metric,
      value: toWireNumber(metric.value) as number,
    }))
    const event = { type: 'batch', at: Date.now(), batch: { ...batch, ...(metrics && { metrics }) } } as const
    const onlyMetrics = !batch.params?.length && !batch.tags?.length
    if (!onlyMetrics) return this.#write(event)
    this.#log.append(event satisfies LogEvent)
    this.#timer ??= setTimeout(() => this.#syncInBackground(), SYNC_AFTER_MS).unref()
  }

  inputs(datasets: readonly DatasetInput[]): Promise<void> {
    return this.#write({ type: 'inputs', datasets })
  }

  async artifact(path: string, content: Content): Promise<StoredArtifact> {
    artifactPathSegments(path) // rejects invalid paths now instead of at a later sync
    const file = await this.#files.put(content)
    await this.#write({ type: 'artifact', path, file })
    return { path, ...file }
  }

  async table(path: string, rows: Table): Promise<void> {
    artifactPathSegments(path)
    return this.#write({ type: 'table', path, rows })
  }

  /** The model's id is local until it is synchronized; metrics may refer to it. */
  async model(files: ModelFiles, options: LogModelOptions): Promise<LoggedModel> {
    const id = `offline-${crypto.randomUUID()}`
    const stored: Record<string, StoredFile> = {}
    // Completed now, so that a model without flavors is rejected now.
    const complete = await completeModelFiles(files, options, {
      artifact_path: '',
      model_id: id,
      run_id: this.id,
    })
    for (const [path, content] of Object.entries(complete)) stored[path] = await this.#files.put(content)
    await this.#write({ type: 'model', id, options, files: stored })
    return { modelId: id, modelUri: `models:/${id}`, artifactUri: '', name: options.name, runId: this.id }
  }

  async register(model: LoggedModel, options: RegisterModelOptions): Promise<ModelVersion> {
    await this.#write({ type: 'register', id: crypto.randomUUID(), model: model.modelId, options })
    return pendingVersion(options.name, 'the version number is assigned by `cairn sync`')
  }

  flush(): Promise<void> {
    return this.#log.sync()
  }

  async end(status: RunStatus, endTime: number): Promise<void> {
    clearTimeout(this.#timer)
    await this.#write({ type: 'end', status, end_time: endTime })
    this.#log.close()
  }

  #write(event: LogEvent): Promise<void> {
    this.#log.append(event)
    return this.#log.sync()
  }

  #syncInBackground(): void {
    this.#timer = undefined
    // The next call that waits for the disk reports the error.
    this.#log.sync().catch(() => {})
  }
}
