/// <reference lib="esnext.disposable" preserve="true" />
import { host } from '#host'
import { CairnError } from './cairn-error.js'
import { fourAtOnce } from './http/for-each-concurrent.js'
import { type Image, type ImageOptions, imageFiles, LOGGED_IMAGES } from './images/log-image.js'
import type { LoggedModel, LogModel, RegisterModel } from './models/log-model.js'
import type { ModelFiles } from './models/model-files.js'
import type { ModelVersion } from './registry.js'
import { type Figure, figureText } from './run/log-figure.js'
import { checkTablePath, type Table } from './run/log-table.js'
import type { Losses } from './run/loss-reporter.js'
import type { RunSink, StoredArtifact } from './run/run-sink.js'
import type { TrackingClient } from './tracking.js'
import type { Content } from './transport.js'
import { type Dataset, type Metric, type RunStatus, toRows } from './wire.js'

export interface MetricOptions {
  /** Default 0. */
  readonly step?: number
  /** Milliseconds since the epoch, default now. */
  readonly timestamp?: number
  /** The logged model the metric describes. */
  readonly modelId?: string
  readonly dataset?: { readonly name: string; readonly digest: string }
}

/**
 * A run that is being logged. Metrics, parameters and tags are buffered; await the calls to be slowed when they are. Once it
 * has ended it takes nothing more: what comes late is a loss like others, and calls that answer throw RUN_ENDED.
 */
export class Run implements AsyncDisposable {
  readonly #sink: RunSink
  readonly #losses: Losses
  readonly #beforeEnd: (() => unknown)[] = []
  readonly #afterEnd: (() => void)[] = []
  #ending: Promise<void> | undefined
  #ended = false

  /** `withRun` and `startRun` make runs. */
  constructor(sink: RunSink, losses: Losses) {
    this.#sink = sink
    this.#losses = losses
  }

  /** The server's id; of an offline run its own until it is synchronized. */
  get id(): string {
    return this.#sink.id
  }

  get experimentId(): string {
    return this.#sink.experimentId
  }

  get name(): string {
    return this.#sink.name
  }

  /** Empty while the run is not on a server. */
  get artifactUri(): string {
    return this.#sink.artifactUri
  }

  /** Where an offline run is kept, for `cairn sync`. */
  get folder(): string | undefined {
    return this.#sink.folder
  }

  /** The server's API, call by call. @throws CairnError OFFLINE for a run that has no server */
  get client(): TrackingClient {
    if (this.#sink.client) return this.#sink.client
    throw new CairnError('OFFLINE', `Run ${this.id} is not on a server, so there is nothing to ask.`, 0)
  }

  /** Whether calls go to a server. */
  get online(): boolean {
    return this.#sink.client !== undefined
  }

  /** One value of each metric at one step. NaN and infinities are values like others. */
  logMetrics(metrics: Record<string, number>, options: MetricOptions = {}): Promise<void> {
    const { step = 0, timestamp = Date.now(), modelId, dataset } = options
    const about = {
      ...(modelId && { model_id: modelId }),
      ...(dataset && { dataset_name: dataset.name, dataset_digest: dataset.digest }),
    }
    const rows: Metric[] = Object.entries(metrics).map(([key, value]) => ({
      key,
      value,
      timestamp,
      step,
      ...about,
    }))
    return this.#log({ metrics: rows })
  }

  /** Values become text, objects JSON. A parameter cannot change. */
  logParams(params: Record<string, unknown>): Promise<void> {
    return this.#log({ params: toRows(params) })
  }

  setTags(tags: Record<string, unknown>): Promise<void> {
    return this.#log({ tags: toRows(tags) })
  }

  /** Links the data a run reads. `context` says what for: `training`, `evaluation`. */
  async logInput(dataset: Dataset, context?: string): Promise<void> {
    const tags = context ? [{ key: 'mlflow.data.context', value: context }] : []
    await this.#openSink().inputs([{ dataset, tags }])
  }

  /** Stores one file, named by its path on this machine or a browser's `File`, under its own name or `path`. */
  async logArtifact(file: string | Blob, path?: string): Promise<StoredArtifact> {
    const content = typeof file === 'string' ? await host.readFile(file) : file
    return this.logContent(path ?? nameOf(file), content)
  }

  /** Stores every file below a folder, below `path`; links are left out. Four at once. */
  async logArtifacts(folder: string, path = ''): Promise<StoredArtifact[]> {
    const stored: StoredArtifact[] = []
    await fourAtOnce(Object.entries(await host.readFolder(folder)), async ([name, content]) =>
      stored.push(await this.logContent(path ? `${path}/${name}` : name, content)),
    )
    return stored.sort((a, b) => (a.path < b.path ? -1 : 1))
  }

  /** Stores bytes; a file of any size is streamed. @returns its size and SHA-256. */
  async logContent(path: string, content: Content): Promise<StoredArtifact> {
    return this.#openSink().artifact(path, content)
  }

  logText(text: string, path: string): Promise<StoredArtifact> {
    return this.logContent(path, text)
  }

  /** Indented JSON, also where `path` ends in `.yaml`: JSON is YAML. */
  logDict(value: unknown, path: string): Promise<StoredArtifact> {
    return this.logContent(path, JSON.stringify(value, null, 2))
  }

  /** SVG or HTML as text, an SVG element, or a figure of Plotly as a page (`.html`) or its data (`.json`). */
  logFigure(figure: Figure, path: string): Promise<StoredArtifact> {
    return this.logContent(path, figureText(figure, path))
  }

  /** A table as MLflow's UI shows it, `path` ending in `.json`; rows of a second call are appended. */
  async logTable(rows: Table, path: string): Promise<void> {
    checkTablePath(path)
    await this.#openSink().table(path, rows)
  }

  /**
   * An image: under a path of its own, or with a key and a step as one of a series that MLflow's UI lets one page through,
   * with a small copy in WebP beside it.
   */
  async logImage(image: Image, where: string | ImageOptions): Promise<void> {
    const files = await imageFiles(image, where)
    for (const [path, content] of Object.entries(files)) await this.logContent(path, content)
    if (typeof where !== 'string') await this.setTags({ [LOGGED_IMAGES]: true })
  }

  /** Uploads a model, given as a folder or by its files, and links it to this run. On failure it stays visible as failed. */
  async logModel(model: string | ModelFiles, options: LogModel): Promise<LoggedModel> {
    return this.#openSink().model(typeof model === 'string' ? await host.readFolder(model) : model, options)
  }

  /** Makes a logged model a version of a registered one, which is created when missing. Offline its number is pending. */
  async registerModel(model: LoggedModel, options: RegisterModel): Promise<ModelVersion> {
    return this.#openSink().register(model, options)
  }

  /** Resolves when everything logged so far is stored. @throws what could not be stored, in strict mode. */
  async flush(): Promise<void> {
    await (this.#ended ? this.end() : this.#sink.flush())
    this.#losses.throwKept()
  }

  /** Calls `finish` once, before the run ends; what it throws is ignored. */
  beforeEnd(finish: () => unknown): void {
    this.#beforeEnd.push(finish)
  }

  /** Calls `finish` once the run has ended, or could not be. */
  afterEnd(finish: () => void): void {
    this.#afterEnd.push(finish)
  }

  /**
   * Stores what is buffered and closes the run; the first status stays. It is written even when a loss is thrown, which
   * the first caller is told; others wait for the same end. A status that could not be written is a loss too.
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
      await this.#sink.end(status, Date.now()).catch((error) => this.#losses.report(error, {}))
      this.#losses.throwKept()
    } finally {
      for (const finish of this.#afterEnd) finish()
    }
  }

  /** `await using run = await startRun()` ends it as finished, unless it was ended before. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.end()
  }

  #openSink(): RunSink {
    if (this.#ended) throw new CairnError('RUN_ENDED', `Run ${this.id} has ended and takes nothing more.`, 0)
    return this.#sink
  }

  async #log(batch: Parameters<RunSink['log']>[0]): Promise<void> {
    this.#losses.throwKept()
    try {
      await this.#openSink().log(batch)
    } catch (error) {
      this.#losses.report(error, batch) // a full disk, offline; a run that has ended
      this.#losses.throwKept()
    }
  }
}

async function ignoringErrors(action: () => unknown): Promise<void> {
  try {
    await action()
  } catch {
    // Its owner has nobody to tell.
  }
}

function nameOf(file: string | Blob): string {
  const name = typeof file === 'string' ? file.split(/[\\/]/).at(-1) : (file as { name?: string }).name
  if (!name) throw new TypeError('A Blob has no name: say under which path it is to be stored')
  return name
}
