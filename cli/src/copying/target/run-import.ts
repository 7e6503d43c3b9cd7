import {
  IMPORTED_RUN_ID,
  type ImportedComment,
  type ImportedRun,
  ImportRun,
  type RunDigest,
} from '@cairn/platform/protocol/cairn/imports'
import { MAX_COMMENTS } from '@cairn/platform/protocol/cairn/run-comments'
import { RunDigester } from '@cairn/platform/protocol/cairn/run-digest'
import type { Input, Output } from '@cairn/platform/protocol/operation'
import type { FileObserver } from '../progress.js'
import type { NonFinite, OnSkipped, Point, SourceFiles } from '../sources/source.js'
import { NO_FILES, type Target, type UploadedFiles } from './target.js'

/** Imports one run: its history in batches, then its files. The run is hidden on the server until `end`. */
export class RunImport {
  readonly #target: Target
  readonly #header: ImportedRun
  readonly #digester: RunDigester
  /** The fields that the next request sends in addition to the header. */
  #unsent: Omit<Partial<ImportedRun>, 'metrics'> & { readonly metrics?: readonly WirePoint[] }
  /** Comments beyond those of one request: a run that was copied from several servers may have more. */
  readonly #otherComments: readonly ImportedComment[]
  #knownMetrics: RunDigest['metrics'] | undefined

  /** @param run with the id of its experiment on the target */
  constructor(target: Target, run: ImportedRun) {
    const {
      params = [],
      tags = [],
      dataset_inputs = [],
      model_inputs = [],
      model_outputs = [],
      comments = [],
      ...header
    } = run
    this.#target = target
    this.#header = header
    const sent = comments.slice(0, MAX_COMMENTS)
    this.#unsent = { params, tags, dataset_inputs, model_inputs, model_outputs, comments: sent }
    this.#otherComments = comments.slice(MAX_COMMENTS)
    this.#digester = new RunDigester(run).params(params).tags(tags)
    this.#digester.inputs(dataset_inputs, model_inputs, model_outputs)
  }

  /** @param points at most 5000 */
  async points(points: readonly Point[]): Promise<void> {
    if (this.#unsent.metrics) await this.#send({ more: true })
    this.#digester.metrics(points)
    this.#unsent = { ...this.#unsent, metrics: toWirePoints(points) }
  }

  /** Called instead of `points` when the target already has the history, with its digest. */
  keepHistory(metrics: RunDigest['metrics']): void {
    this.#knownMetrics = metrics
  }

  /** Uploads all files of the run; to be called at most once. */
  async files(files: SourceFiles, observer: FileObserver): Promise<UploadedFiles> {
    if (!(await hasAny(files, observer.onSkipped))) return NO_FILES
    const { run_id } = await this.#send({ more: true })
    return this.#target.uploadAll('runs', run_id, files, observer)
  }

  /** @returns the id and artifact URI on the target, and the digest of everything that was imported */
  async end(): Promise<{ run_id: string; artifact_uri: string; digest: RunDigest }> {
    for (let start = 0; start < this.#otherComments.length; start += MAX_COMMENTS) {
      await this.#send({ more: true })
      this.#unsent = { comments: this.#otherComments.slice(start, start + MAX_COMMENTS) }
    }
    const { run_id, artifact_uri } = await this.#send({ more: false })
    if (run_id !== this.#header.run_id)
      this.#digester.tags([{ key: IMPORTED_RUN_ID, value: this.#header.run_id }])
    const digest = this.#digester.result(run_id)
    return { run_id, artifact_uri, digest: { ...digest, metrics: this.#knownMetrics ?? digest.metrics } }
  }

  #send({ more }: { more: boolean }): Promise<Output<typeof ImportRun>> {
    const request = { ...this.#header, ...this.#unsent, ...(more && { more }) }
    this.#unsent = {}
    // The operation's types are those after validation, which turns 'NaN' and infinities into numbers.
    return this.#target.call(ImportRun, request as Input<typeof ImportRun>)
  }
}

type WirePoint<P extends Pick<Point, 'value'> = Point> = Omit<P, 'value'> & Pick<Point, 'value'>

/** Replaces NaN and infinities by strings, because JSON has no such numbers. */
export const toWirePoints = <P extends Pick<Point, 'value'>>(points: readonly P[]): WirePoint<P>[] =>
  points.map((point) => ({
    ...point,
    value: Number.isFinite(point.value) ? point.value : nonFinite(point.value),
  }))

const nonFinite = (value: Point['value']) => String(value) as NonFinite

async function hasAny(files: SourceFiles, onSkipped: OnSkipped): Promise<boolean> {
  for await (const _ of files.list(onSkipped)) return true
  return false
}
