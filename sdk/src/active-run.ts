/// <reference lib="esnext.disposable" preserve="true" />
import { host } from '#host'
import { CairnError } from './cairn-error.js'
import { forEachConcurrent } from './http/for-each-concurrent.js'
import { type Image, type ImageOptions, imageFiles, LOGGED_IMAGES_TAG } from './images/log-image.js'
import type { LoggedModel, LogModelOptions, RegisterModelOptions } from './models/log-model.js'
import type { ModelFiles } from './models/model-files.js'
import type { ModelVersion } from './registry.js'
import type { LostValueReporter } from './run/lost-values.js'
import { type Figure, renderFigure } from './run/render-figure.js'
import type { RunSink } from './run/run-sink.js'
import { checkTablePath, type Table } from './tables/log-table.js'
import type { StoredArtifact } from './tracking/artifacts.js'
import type { TrackingClient } from './tracking.js'
import type { Content } from './transport.js'
import { type Dataset, type Metric, type RunStatus, toRows } from './wire.js'

export interface MetricOptions {
  /** Default 0. */
  readonly step?: number
  /** Milliseconds since the epoch, default now. */
  readonly timestamp?: number
  /** Id of the logged model that the metric describes. */
  readonly modelId?: string
  readonly dataset?: { readonly name: string; readonly digest: string }
}

/**
 * A run that is being logged. Metrics, parameters and tags are buffered; await the calls for back-pressure. After the end, late
 * values are reported as lost, and calls that return a result throw RUN_ENDED.
 */
export class Run implements AsyncDisposable {
  readonly #sink: RunSink
  readonly #lossReporter: LostValueReporter
  readonly #beforeEnd: (() => unknown)[] = []
  readonly #afterEnd: (() => void)[] = []
  #ending: Promise<void> | undefined
  #ended = false

  /** Use `withRun` or `startRun` to create runs. */
  constructor(sink: RunSink, lossReporter: LostValueReporter) {
    this.#sink = sink
    this.#lossReporter = lossReporter
  }

  /** The server's run id; for an offline run a local id until it is synchronized. */
  get id(): string {
    return this.#sink.id
  }

  get experimentId(): string {
    return this.#sink.experimentId
  }

  get name(): string {
    return this.#sink.name
  }

  /** Empty if the run is not on a server. */
  get artifactUri(): string {
    return this.#sink.artifactUri
  }

  /** Folder of an offline run, for `cairn sync`. */
  get folder(): string | undefined {
    return this.#sink.folder
  }

  /** Client of the server's API. @throws CairnError OFFLINE if the run is not on a server */
  get client(): TrackingClient {
    if (this.#sink.client) return this.#sink.client
    throw new CairnError('OFFLINE', `Run ${this.id} is not on a server, so it has no client.`, 0)
  }

  /** True if the run is logged to a server. */
  get online(): boolean {
    return this.#sink.client !== undefined
  }

  /** Logs one value of each metric at one step. NaN and infinities are allowed. */
  logMetrics(metrics: Record<string, number>, options: MetricOptions = {}): Promise<void> {
    const { step = 0, timestamp = Date.now(), modelId, dataset } = options
    const links = {
      ...(modelId && { model_id: modelId }),
      ...(dataset && { dataset_name: dataset.name, dataset_digest: dataset.digest }),
    }
    const rows: Metric[] = Object.entries(metrics).map(([key, value]) => ({
      key,
      value,
      timestamp,
      step,
      ...links,
    }))
    return this.#log({ metrics: rows })
  }

  /** Converts values to text, objects to JSON. A parameter cannot change. */
  logParams(params: Record<string, unknown>): Promise<void> {
    return this.#log({ params: toRows(params) })
  }

  setTags(tags: Record<string, unknown>): Promise<void> {
    return this.#log({ tags: toRows(tags) })
  }

  /** Links a data set that the run reads. `context` is its purpose, e.g. `training` or `evaluation`. */
  async logInput(dataset: Dataset, context?: string): Promise<void> {
    const tags = context ? [{ key: 'mlflow.data.context', value: context }] : []
    await this.#openSink().inputs([{ dataset, tags }])
  }

  /** Stores one file, a local path or a browser's `File`, under `path`; default: its own name. */
  async logArtifact(file: string | Blob, path?: string): Promise<StoredArtifact> {
    const content = typeof file === 'string' ? await host.readFile(file) : file
    return this.logContent(path ?? fileName(file), content)
  }

  /** Stores every file of a folder under `path`, four at a time. Symbolic links are skipped. */
  async logArtifacts(folder: string, path = ''): Promise<StoredArtifact[]> {
    const stored: StoredArtifact[] = []
    await forEachConcurrent(Object.entries(await host.readFolder(folder)), async ([name, content]) =>
      stored.push(await this.logContent(path ? `${path}/${name}` : name, content)),
    )
    return stored.sort((a, b) => (a.path < b.path ? -1 : 1))
  }

  /** Stores bytes; files are streamed. @returns the size and SHA-256 */
  async logContent(path: string, content: Content): Promise<StoredArtifact> {
    return this.#openSink().artifact(path, content)
  }

  logText(text: string, path: string): Promise<StoredArtifact> {
    return this.logContent(path, text)
  }

  /** Stores indented JSON, also if `path` ends in `.yaml`: JSON is YAML. */
  logDict(value: unknown, path: string): Promise<StoredArtifact> {
    return this.logContent(path, JSON.stringify(value, null, 2))
  }

  /** Stores SVG or HTML text, an SVG element, or a Plotly figure as a page (`.html`) or as data (`.json`). */
  logFigure(figure: Figure, path: string): Promise<StoredArtifact> {
    return this.logContent(path, renderFigure(figure, path))
  }

  /** Stores a table for MLflow's UI; `path` must end in `.json`. Further calls append rows. */
  async logTable(rows: Table, path: string): Promise<void> {
    checkTablePath(path)
    await this.#openSink().table(path, rows)
  }

  /**
   * Stores an image: at a path, or with a key and a step as one of a series that MLflow's UI pages through, with a WebP
   * thumbnail beside it.
   */
  async logImage(image: Image, target: string | ImageOptions): Promise<void> {
    const files = await imageFiles(image, target)
    for (const [path, content] of Object.entries(files)) await this.logContent(path, content)
    if (typeof target !== 'string') await this.setTags({ [LOGGED_IMAGES_TAG]: true })
  }

  /** Uploads a model, a folder or its files, and links it to this run. After a failed upload it is visible as failed. */
  async logModel(model: string | ModelFiles, options: LogModelOptions): Promise<LoggedModel> {
    return this.#openSink().model(typeof model === 'string' ? await host.readFolder(model) : model, options)
  }

  /** Registers a logged model as a new version; creates the registered model if missing. Offline the version number is pending. */
  async registerModel(model: LoggedModel, options: RegisterModelOptions): Promise<ModelVersion> {
    return this.#openSink().register(model, options)
  }

  /** Resolves when everything logged so far is stored. @throws in strict mode, the errors of lost values */
  async flush(): Promise<void> {
    await (this.#ended ? this.end() : this.#sink.flush())
    this.#lossReporter.throwPending()
  }

  /** Calls `finish` once, before the run ends; its errors are ignored. */
  beforeEnd(finish: () => unknown): void {
    this.#beforeEnd.push(finish)
  }

  /** Calls `finish` after the run has ended, or ending it has failed. */
  afterEnd(finish: () => void): void {
    this.#afterEnd.push(finish)
  }

  /**
   * Stores buffered values and ends the run; the first status wins. The status is written even if the error of lost values is
   * thrown, which only the first caller gets; later callers wait for the same end. A status that cannot be written is reported as
   * lost, too.
   */
  end(status: RunStatus = 'FINISHED'): Promise<void> {
    if (this.#ending) return this.#ending.catch(() => {})
    this.#ending = this.#end(status)
    return this.#ending
  }

  async #end(status: RunStatus): Promise<void> {
    try {
      for (const finish of this.#beforeEnd) await ignoringErrors(finish)
      this.#ended = true
      await this.#sink.end(status, Date.now()).catch((error) => this.#lossReporter.report(error, {}))
      this.#lossReporter.throwPending()
    } finally {
      for (const finish of this.#afterEnd) finish()
    }
  }

  /** `await using run = await startRun()` ends the run as FINISHED unless it has ended before. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.end()
  }

  #openSink(): RunSink {
    if (this.#ended)
      throw new CairnError('RUN_ENDED', `Run ${this.id} has ended; nothing more can be logged.`, 0)
    return this.#sink
  }

  async #log(batch: Parameters<RunSink['log']>[0]): Promise<void> {
    this.#lossReporter.throwPending()
    try {
      await this.#openSink().log(batch)
    } catch (error) {
      this.#lossReporter.report(error, batch) // e.g. a full disk for an offline run, or a run that has ended
      this.#lossReporter.throwPending()
    }
  }
}

async function ignoringErrors(action: () => unknown): Promise<void> {
  try {
    await action()
  } catch {
    // A failed hook must not keep the run from ending.
  }
}

function fileName(file: string | Blob): string {
  const name = typeof file === 'string' ? file.split(/[\\/]/).at(-1) : (file as { name?: string }).name
  if (!name) throw new TypeError('A Blob has no name: pass the path to store it at')
  return name
}
