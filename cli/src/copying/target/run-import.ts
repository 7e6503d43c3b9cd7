import {
  IMPORTED_RUN_ID,
  type ImportedRun,
  ImportRun,
  type RunDigest,
} from '@cairn/platform/protocol/imports'
import type { Output } from '@cairn/platform/protocol/operation'
import { RunDigester } from '@cairn/platform/protocol/run-digest'
import type { Told } from '../progress.js'
import type { LeftOut, Point, SourceFiles } from '../sources/source.js'
import { NO_FILES, type Target, type Uploaded } from './target.js'

/** A run on its way in: its history in pieces, then its files; it is hidden on the server until `end`. */
export class RunImport {
  readonly #target: Target
  readonly #place: ImportedRun
  readonly #digester: RunDigester
  /** What the next request takes along, beside the place of the run. */
  #unsent: Partial<ImportedRun>
  #kept: RunDigest['metrics'] | undefined

  /** @param run under the experiment that it goes to */
  constructor(target: Target, run: ImportedRun) {
    const {
      params = [],
      tags = [],
      dataset_inputs = [],
      model_inputs = [],
      model_outputs = [],
      ...place
    } = run
    this.#target = target
    this.#place = place
    this.#unsent = { params, tags, dataset_inputs, model_inputs, model_outputs }
    this.#digester = new RunDigester(run).params(params).tags(tags)
    this.#digester.inputs(dataset_inputs, model_inputs, model_outputs)
  }

  /** At most 5000 at a time. */
  async points(points: readonly Point[]): Promise<void> {
    if (this.#unsent.metrics) await this.#send(true)
    this.#digester.metrics(points)
    this.#unsent = { ...this.#unsent, metrics: onWire(points) }
  }

  /** Instead of points: its history is here already, and this is what it was. */
  keep(metrics: RunDigest['metrics']): void {
    this.#kept = metrics
  }

  /** All at once. */
  async files(files: SourceFiles, told: Told): Promise<Uploaded> {
    if (!(await hasAny(files, told.leftOut))) return NO_FILES
    const { run_id } = await this.#send(true)
    return this.#target.uploadAll('runs', run_id, files, told)
  }

  /** @returns where the run is now, and what it holds by what was given to it */
  async end(): Promise<{ run_id: string; artifact_uri: string; digest: RunDigest }> {
    const { run_id, artifact_uri } = await this.#send(false)
    if (run_id !== this.#place.run_id)
      this.#digester.tags([{ key: IMPORTED_RUN_ID, value: this.#place.run_id }])
    const digest = this.#digester.result(run_id)
    return { run_id, artifact_uri, digest: { ...digest, metrics: this.#kept ?? digest.metrics } }
  }

  #send(more: boolean): Promise<Output<typeof ImportRun>> {
    const request = { ...this.#place, ...this.#unsent, ...(more && { more }) }
    this.#unsent = {}
    return this.#target.call(ImportRun, request)
  }
}

/** JSON has no NaN and no infinities: they travel as strings. */
export const onWire = <P extends { value: number }>(points: readonly P[]): P[] =>
  points.map((point) =>
    Number.isFinite(point.value) ? point : { ...point, value: String(point.value) as unknown as number },
  )

async function hasAny(files: SourceFiles, leftOut: LeftOut): Promise<boolean> {
  for await (const _ of files.list(leftOut)) return true
  return false
}
