import { join } from 'node:path'
import { isAway } from '../cairn-error.js'
import { fourAtOnce } from '../http/for-each-concurrent.js'
import { type LoggedModel, logModel, registerModel } from '../models/log-model.js'
import { type ModelFiles, textOf } from '../models/model-files.js'
import { LogBuffer } from '../run/log-buffer.js'
import { addRows, nameTables, type SplitTable } from '../run/log-table.js'
import type { Batch } from '../tracking/runs.js'
import type { TrackingClient } from '../tracking.js'
import type { Content } from '../transport.js'
import type { Metric, RunStatus } from '../wire.js'
import type { LogEvent } from './event.js'
import { FileStore } from './file-store.js'
import { readLog } from './read-log.js'
import type { ArtifactPlan, Survey } from './survey.js'
import { SyncJournal, type SyncState, type Target } from './sync-journal.js'

export interface SyncTask {
  readonly folder: string
  readonly survey: Survey
  readonly state: SyncState
  /** The run on the server, found or made. */
  readonly target: Target
  /** Whether the process that logs the run still does. */
  readonly live: boolean
  /** Told of bytes that are done, log and artifacts alike. */
  readonly onBytes: (bytes: number) => void
}

/**
 * Sends one run. Every step has the same effect once or twice: the server keeps a metric point once, parameters and tags
 * are equal, artifacts are replaced by themselves, models and versions are found by their mark.
 */
export class RunSync {
  readonly #client: TrackingClient
  readonly #task: SyncTask
  readonly #files: FileStore
  readonly #journal: SyncJournal
  readonly #buffer: LogBuffer
  readonly #models: Map<string, string>
  readonly #problems: string[] = []
  /** Why the server cannot be asked any more. */
  #away: unknown

  constructor(client: TrackingClient, task: SyncTask) {
    this.#client = client
    this.#task = task
    this.#files = new FileStore(join(task.folder, 'files'))
    this.#journal = new SyncJournal(task.folder)
    this.#models = new Map(task.state.models)
    const send = (batch: Batch) => this.#send(batch)
    this.#buffer = new LogBuffer(send, { onLoss: (error, lost) => this.#tell(describe(lost), error) })
  }

  /** @returns what could not be stored, a sentence each. @throws when the server is away; a later sync goes on from here */
  async run(): Promise<readonly string[]> {
    const { target, state, survey, live } = this.#task
    try {
      if (state.target?.run_id !== target.run_id) this.#journal.write(target)
      await this.#replay()
      await this.#storeArtifacts()
      if (live) return this.#problems
      await this.#close()
      this.#journal.write({ type: 'done', offset: survey.logBytes })
      return this.#problems
    } finally {
      this.#journal.close()
    }
  }

  async #replay(): Promise<void> {
    const { folder, state, onBytes } = this.#task
    let offset = state.offset
    let marked = offset
    onBytes(offset)
    for await (const { event, end } of readLog<LogEvent>(join(folder, 'log.jsonl'), offset)) {
      await this.#apply(event)
      onBytes(end - offset)
      offset = end
      if (offset - marked < CHECKPOINT_BYTES) continue
      await this.#checkpoint(offset)
      marked = offset
    }
    await this.#checkpoint(offset)
  }

  async #checkpoint(offset: number): Promise<void> {
    await this.#buffer.flush()
    this.#stopWhereAway()
    this.#journal.write({ type: 'sent', offset })
  }

  async #apply(event: LogEvent): Promise<void> {
    const { target } = this.#task
    if (event.type === 'batch') await this.#buffer.add(event.batch)
    else if (event.type === 'inputs')
      await this.#tolerate('data sets', () => this.#client.runs.logInputs(target.run_id, event.datasets))
    else if (event.type === 'model')
      await this.#tolerate(`model '${event.options.name}'`, () => this.#sendModel(event))
    else if (event.type === 'register')
      await this.#tolerate(`version of '${event.options.name}'`, () => this.#register(event))
    this.#stopWhereAway()
  }

  async #sendModel({ id, options, files }: Extract<LogEvent, { type: 'model' }>): Promise<void> {
    const { target, onBytes } = this.#task
    const size = Object.values(files).reduce((sum, file) => sum + file.size, 0)
    if (!this.#models.has(id)) {
      const contents: ModelFiles = {}
      for (const [path, file] of Object.entries(files)) contents[path] = await this.#files.get(file)
      const run = { id: target.run_id, experimentId: target.experiment_id }
      // The example lies among the files already.
      const { inputExample: _, ...rest } = options
      const { modelId } = await logModel(this.#client, run, contents, { ...rest, mark: id })
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
    await registerModel(this.#client, logged, { ...options, mark: id })
  }

  async #send(batch: Batch): Promise<void> {
    this.#stopWhereAway()
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

  /** Four at once; what the server has already is not sent again. */
  async #storeArtifacts(): Promise<void> {
    const { survey, state, onBytes } = this.#task
    const artifacts = [...survey.artifacts]
    const tables = artifacts.filter(([, plan]) => plan.rows).map(([path]) => path)
    await fourAtOnce(artifacts, async ([path, plan]) => {
      if (this.#away) return
      const known = !plan.rows && plan.file && state.stored.get(path) === plan.file.sha256
      if (!known) await this.#tolerate(`artifact '${path}'`, () => this.#store(path, plan))
      onBytes(plan.file?.size ?? 0)
    })
    this.#stopWhereAway()
    if (tables.length > 0) await nameTables(this.#client, this.#task.target.run_id, tables)
  }

  async #store(path: string, { file, rows }: ArtifactPlan): Promise<void> {
    let content: Content | undefined = file && (await this.#files.get(file))
    if (rows) {
      const before = content === undefined ? undefined : (JSON.parse(await textOf(content)) as SplitTable)
      content = JSON.stringify(addRows(before, rows))
    }
    const stored = await this.#client.artifacts.put(this.#task.target.artifact_uri, path, content!)
    this.#journal.write({ type: 'stored', path, sha256: stored.sha256 })
  }

  /** A run whose process died without a word is KILLED at the time of the last thing it logged. */
  async #close(): Promise<void> {
    const { survey, target } = this.#task
    const { status, end_time } = survey.end ?? { status: 'KILLED' as RunStatus, end_time: survey.lastAt }
    if (!survey.end) {
      const value = 'The process ended without ending the run.'
      await this.#client.runs.setTag(target.run_id, { key: 'cairn.error', value })
    }
    await this.#client.runs.update(target.run_id, { status, end_time })
  }

  /** What the server refuses, or what the disk lost, is told and left out; everything else goes on. */
  async #tolerate(what: string, action: () => Promise<void>): Promise<void> {
    try {
      await action()
    } catch (error) {
      this.#tell(what, error)
    }
  }

  #tell(what: string, error: unknown): void {
    if (isAway(error)) this.#away ??= error
    else this.#problems.push(`${what}: ${(error as Error).message}`)
  }

  #stopWhereAway(): void {
    if (this.#away) throw this.#away as Error
  }
}

const CHECKPOINT_BYTES = 4 << 20

function describe({ metrics = [], params = [], tags = [] }: Batch): string {
  const [metric, param, tag] = [metrics[0], params[0], tags[0]]
  const count = metrics.length + params.length + tags.length
  const one = metric ? `metric '${metric.key}'` : param ? `parameter '${param.key}'` : `tag '${tag?.key}'`
  return count === 1 ? one : `${one} and ${count - 1} more`
}
