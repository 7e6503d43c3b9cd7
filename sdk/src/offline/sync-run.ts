import { join } from 'node:path'
import { isUnavailable } from '../cairn-error.js'
import { forEachConcurrent } from '../http/for-each-concurrent.js'
import { type LoggedModel, logModel, registerModel } from '../models/log-model.js'
import { type ModelFiles, readText } from '../models/model-files.js'
import { LogBuffer } from '../run/log-buffer.js'
import { addTablesToTag, appendRows, type SplitTable } from '../tables/log-table.js'
import type { Batch } from '../tracking/runs.js'
import type { TrackingClient } from '../tracking.js'
import type { Content } from '../transport.js'
import type { Metric, RunStatus } from '../wire.js'
import type { LogEvent } from './event.js'
import { FileStore } from './file-store.js'
import type { ArtifactSummary, LogSummary } from './log-summary.js'
import { readLog } from './read-log.js'
import { SyncJournal, type SyncState, type Target } from './sync-journal.js'

export interface SyncTask {
  readonly folder: string
  readonly summary: LogSummary
  readonly state: SyncState
  /** The run on the server. */
  readonly target: Target
  /** True if the process of the run is still logging. */
  readonly live: boolean
  /** Called with the number of bytes sent, of the log and of artifacts. */
  readonly onBytes: (bytes: number) => void
}

/**
 * Sends one run. Every step is idempotent: the server deduplicates metric points, equal parameters and tags are accepted,
 * artifacts are replaced by equal ones, models and versions are found by their client id.
 */
export class RunSynchronizer {
  readonly #client: TrackingClient
  readonly #task: SyncTask
  readonly #files: FileStore
  readonly #journal: SyncJournal
  readonly #buffer: LogBuffer
  readonly #models: Map<string, string>
  readonly #problems: string[] = []
  /** The error that made the server unavailable. */
  #unavailable: unknown

  constructor(client: TrackingClient, task: SyncTask) {
    this.#client = client
    this.#task = task
    this.#files = new FileStore(join(task.folder, 'files'))
    this.#journal = new SyncJournal(task.folder)
    this.#models = new Map(task.state.models)
    const send = (batch: Batch) => this.#send(batch)
    this.#buffer = new LogBuffer(send, { onLostValues: (error, lost) => this.#report(describe(lost), error) })
  }

  /** @returns the problems, one sentence each. @throws if the server is unavailable; a later sync continues from here */
  async run(): Promise<readonly string[]> {
    const { target, state, summary, live } = this.#task
    try {
      if (state.target?.run_id !== target.run_id) this.#journal.write(target)
      await this.#replay()
      await this.#storeArtifacts()
      if (live) return this.#problems
      await this.#close()
      this.#journal.write({ type: 'done', offset: summary.logBytes })
      return this.#problems
    } finally {
      this.#journal.close()
    }
  }

  async #replay(): Promise<void> {
    const { folder, state, onBytes } = this.#task
    let offset = state.offset
    let checkpoint = offset
    onBytes(offset)
    for await (const { event, end } of readLog<LogEvent>(join(folder, 'log.jsonl'), offset)) {
      await this.#apply(event)
      onBytes(end - offset)
      offset = end
      if (offset - checkpoint < CHECKPOINT_BYTES) continue
      await this.#checkpoint(offset)
      checkpoint = offset
    }
    await this.#checkpoint(offset)
  }

  async #checkpoint(offset: number): Promise<void> {
    await this.#buffer.flush()
    this.#throwIfUnavailable()
    this.#journal.write({ type: 'sent', offset })
  }

  async #apply(event: LogEvent): Promise<void> {
    const { target } = this.#task
    if (event.type === 'batch') await this.#buffer.add(event.batch)
    else if (event.type === 'inputs')
      await this.#tryStep('datasets', () => this.#client.runs.logInputs(target.run_id, event.datasets))
    else if (event.type === 'model')
      await this.#tryStep(`model '${event.options.name}'`, () => this.#sendModel(event))
    else if (event.type === 'register')
      await this.#tryStep(`version of '${event.options.name}'`, () => this.#register(event))
    this.#throwIfUnavailable()
  }

  async #sendModel({ id, options, files }: Extract<LogEvent, { type: 'model' }>): Promise<void> {
    const { target, onBytes } = this.#task
    const size = Object.values(files).reduce((sum, file) => sum + file.size, 0)
    if (!this.#models.has(id)) {
      const contents: ModelFiles = {}
      for (const [path, file] of Object.entries(files)) contents[path] = await this.#files.get(file)
      const run = { id: target.run_id, experimentId: target.experiment_id }
      // The input example is already among the files.
      const { inputExample: _, ...rest } = options
      const { modelId } = await logModel(this.#client, run, contents, { ...rest, clientId: id })
      this.#models.set(id, modelId)
      this.#journal.write({ type: 'model', id, model_id: modelId })
    }
    onBytes(size)
  }

  async #register({ id, model, options }: Extract<LogEvent, { type: 'register' }>): Promise<void> {
    const modelId = this.#modelId(model)
    const logged: LoggedModel = {
      modelId,
      modelUri: `models:/${modelId}`,
      artifactUri: '',
      name: options.name,
      runId: this.#task.target.run_id,
    }
    await registerModel(this.#client, logged, { ...options, clientId: id })
  }

  async #send(batch: Batch): Promise<void> {
    this.#throwIfUnavailable()
    const metrics = (batch.metrics ?? []).map(
      (metric): Metric => ({
        ...metric,
        value: Number(metric.value),
        ...(metric.model_id && { model_id: this.#modelId(metric.model_id) }),
      }),
    )
    await this.#client.runs.logBatch(this.#task.target.run_id, { ...batch, metrics })
  }

  #modelId(id: string): string {
    return this.#models.get(id) ?? id
  }

  /** Skips artifacts that the server already has. */
  async #storeArtifacts(): Promise<void> {
    const { summary, state, onBytes } = this.#task
    const artifacts = [...summary.artifacts]
    const tables = artifacts.filter(([, artifact]) => artifact.rows).map(([path]) => path)
    await forEachConcurrent(artifacts, async ([path, artifact]) => {
      if (this.#unavailable) return
      const isStored = !artifact.rows && artifact.file && state.stored.get(path) === artifact.file.sha256
      if (!isStored) await this.#tryStep(`artifact '${path}'`, () => this.#store(path, artifact))
      onBytes(artifact.file?.size ?? 0)
    })
    this.#throwIfUnavailable()
    if (tables.length > 0) await addTablesToTag(this.#client, this.#task.target.run_id, tables)
  }

  async #store(path: string, { file, rows }: ArtifactSummary): Promise<void> {
    let content: Content | undefined = file && (await this.#files.get(file))
    if (rows) {
      const before = content === undefined ? undefined : (JSON.parse(await readText(content)) as SplitTable)
      content = JSON.stringify(appendRows(before, rows))
    }
    const stored = await this.#client.artifacts.put(this.#task.target.artifact_uri, path, content!)
    this.#journal.write({ type: 'stored', path, sha256: stored.sha256 })
  }

  /** A run without an end event is KILLED at the time of its last event. */
  async #close(): Promise<void> {
    const { summary, target } = this.#task
    const { status, end_time } = summary.end ?? { status: 'KILLED' as RunStatus, end_time: summary.lastAt }
    if (!summary.end) {
      const value = 'The process ended without ending the run.'
      await this.#client.runs.setTag(target.run_id, { key: 'cairn.error', value })
    }
    await this.#client.runs.update(target.run_id, { status, end_time })
  }

  /** Reports what the server rejects or the disk has lost as a problem, so that the rest is still sent. */
  async #tryStep(subject: string, action: () => Promise<void>): Promise<void> {
    try {
      await action()
    } catch (error) {
      this.#report(subject, error)
    }
  }

  #report(subject: string, error: unknown): void {
    if (isUnavailable(error)) this.#unavailable ??= error
    else this.#problems.push(`${subject}: ${(error as Error).message}`)
  }

  #throwIfUnavailable(): void {
    if (this.#unavailable) throw this.#unavailable as Error
  }
}

const CHECKPOINT_BYTES = 4 << 20

function describe({ metrics = [], params = [], tags = [] }: Batch): string {
  const [metric, param, tag] = [metrics[0], params[0], tags[0]]
  const count = metrics.length + params.length + tags.length
  const example = metric ? `metric '${metric.key}'` : param ? `parameter '${param.key}'` : `tag '${tag?.key}'`
  return count === 1 ? example : `${example} and ${count - 1} more`
}
