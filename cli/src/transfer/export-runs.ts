import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { normalizeKey } from '@cairn/platform/blobs/path'
import { ApiError } from '@cairn/platform/errors'
import { DigestRuns, type RunDigest } from '@cairn/platform/protocol/cairn/imports'
import { RunDigester } from '@cairn/platform/protocol/cairn/run-digest'
import { GetExperiment } from '@cairn/platform/protocol/mlflow/experiments'
import type { Connection } from '../client/connect.js'
import type { Progress } from '../copying/progress.js'
import { RestSource } from '../copying/sources/rest/rest-source.js'
import { undefinedIfUnsupported } from '../copying/sources/rest/unsupported-endpoint.js'
import { findExperiments } from '../copying/sources/select-experiments.js'
import type { SourceExperiment, SourceRun } from '../copying/sources/source.js'
import { EXPORT_FORMAT, type TransferRecord } from './records.js'

export interface ExportOptions {
  /** Names or ids. */
  readonly experiments: readonly string[]
  readonly runs: readonly string[]
  /** Includes deleted runs of the experiments. */
  readonly deleted: boolean
  /** The folder to download files to; undefined exports none. */
  readonly folder: string | undefined
  readonly progress: Progress
  /** Called with each finished run that the server cannot confirm. */
  readonly onUnverified: (runId: string) => void
}

/**
 * Streams runs of a server as records, in constant memory.
 *
 * @throws RESOURCE_DOES_NOT_EXIST for an unknown experiment or run, INVALID_STATE for a run that changes meanwhile
 */
export async function* exportRuns(
  connection: Connection,
  options: ExportOptions,
): AsyncGenerator<TransferRecord> {
  const { fetch, server, token, call } = connection
  const source = new RestSource(server, { fetch, headers: token ? { authorization: `Bearer ${token}` } : {} })
  const exporter = new RunExporter(connection, source, options)
  yield { kind: 'header', format: EXPORT_FORMAT }
  for (const experiment of await findExperiments(source, options.experiments)) {
    yield experimentRecord(experiment)
    for await (const run of source.runs(experiment))
      if (options.deleted || run.lifecycle_stage !== 'deleted') yield* exporter.run(run)
  }
  let last: string | undefined
  for (const run of await runsById(source, options.runs)) {
    if (run.experiment_id !== last) {
      const { experiment } = await call(GetExperiment, { experiment_id: run.experiment_id })
      yield experimentRecord(experiment as SourceExperiment)
      last = run.experiment_id
    }
    yield* exporter.run(run)
  }
  const { progress } = options
  progress.done()
  yield { kind: 'end', runs: progress.counts.runs, points: progress.counts.points, files: progress.files }
}

class RunExporter {
  readonly #connection: Connection
  readonly #source: RestSource
  readonly #options: ExportOptions
  readonly #done = new Set<string>()

  constructor(connection: Connection, source: RestSource, options: ExportOptions) {
    this.#connection = connection
    this.#source = source
    this.#options = options
  }

  /** Skips a run that was exported before: it may be selected by its experiment and by its id. */
  async *run(run: SourceRun): AsyncGenerator<TransferRecord> {
    const { folder, progress, onUnverified } = this.#options
    if (this.#done.has(run.run_id)) return
    this.#done.add(run.run_id)
    const { metrics: _, ...whole } = run
    const digester = new RunDigester(run).params(run.params).tags(run.tags)
    digester.inputs(run.dataset_inputs, run.model_inputs, run.model_outputs)
    yield { kind: 'run', run: whole }
    for await (const points of this.#source.history(run)) {
      digester.metrics(points)
      progress.count('points', points.length)
      yield { kind: 'metrics', points }
    }
    if (folder) yield* this.#files(run, folder)
    const digest = digester.result(run.run_id)
    // A running run may have changed since it was read.
    if (run.status !== 'RUNNING' && !(await this.#verify(digest))) onUnverified(run.run_id)
    progress.count('runs')
    yield { kind: 'run end', digest }
  }

  async *#files(run: SourceRun, folder: string): AsyncGenerator<TransferRecord> {
    const files = this.#source.files('runs', run)
    for await (const file of files.list()) {
      const target = join(folder, normalizeKey(`${run.run_id}/${file.path}`))
      await mkdir(dirname(target), { recursive: true })
      await pipeline(await files.open(file.path), createWriteStream(target))
      this.#options.progress.file(file.size)
      yield { kind: 'file', ...file }
    }
  }

  /** @returns false when the server has no digests. @throws INVALID_STATE for another digest, and any other failure */
  async #verify(digest: RunDigest): Promise<boolean> {
    const response = await this.#connection
      .call(DigestRuns, { run_ids: [digest.run_id] })
      .catch(undefinedIfUnsupported)
    if (!response) return false
    if (JSON.stringify(response.runs[0]) === JSON.stringify(digest)) return true
    throw new ApiError('INVALID_STATE', `Run ${digest.run_id} changed during the export: export it again.`)
  }
}

/** Sorted by experiment, because the export names each experiment before its runs. */
async function runsById(source: RestSource, ids: readonly string[]): Promise<SourceRun[]> {
  const runs: SourceRun[] = []
  for (const id of ids) runs.push(await source.run(id))
  return runs.sort((a, b) => (a.experiment_id < b.experiment_id ? -1 : 1))
}

function experimentRecord(experiment: SourceExperiment): TransferRecord {
  const { experiment_id, name, lifecycle_stage, creation_time, last_update_time, tags } = experiment
  const times = { ...(creation_time && { creation_time }), ...(last_update_time && { last_update_time }) }
  return {
    kind: 'experiment',
    experiment_id,
    name,
    lifecycle_stage: lifecycle_stage === 'deleted' ? 'deleted' : 'active',
    ...times,
    tags: tags ?? [],
  }
}
