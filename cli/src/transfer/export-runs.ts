import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { normalizeKey } from '@cairn/platform/blobs/path'
import { ApiError } from '@cairn/platform/errors'
import { GetExperiment } from '@cairn/platform/protocol/experiments'
import { DigestRuns, type RunDigest } from '@cairn/platform/protocol/imports'
import { RunDigester } from '@cairn/platform/protocol/run-digest'
import { GetRun } from '@cairn/platform/protocol/runs'
import type { Connection } from '../client/connect.js'
import type { Progress } from '../copying/progress.js'
import { RestSource, toRun } from '../copying/sources/rest/rest-source.js'
import { chosen } from '../copying/sources/select-experiments.js'
import type { SourceExperiment, SourceRun } from '../copying/sources/source.js'
import { FORMAT, type TransferRecord } from './records.js'

export interface Wanted {
  /** Names or ids. */
  readonly experiments: readonly string[]
  readonly runs: readonly string[]
  /** Deleted runs of the experiments too. */
  readonly deleted: boolean
  /** Where files go; none are read without. */
  readonly folder: string | undefined
}

/** Runs of a server as records, in constant memory. @throws RESOURCE_DOES_NOT_EXIST for what there is not */
export async function* readRuns(
  connection: Connection,
  wanted: Wanted,
  progress: Progress,
): AsyncGenerator<TransferRecord> {
  const { fetch, server, token, call } = connection
  const source = new RestSource(server, { fetch, headers: token ? { authorization: `Bearer ${token}` } : {} })
  const reader = new Reader(connection, source, wanted, progress)
  yield { kind: 'header', format: FORMAT }
  for (const experiment of await chosen(source, wanted.experiments)) {
    yield experimentRecord(experiment)
    for await (const run of source.runs(experiment))
      if (wanted.deleted || run.lifecycle_stage !== 'deleted') yield* reader.run(run)
  }
  let last: string | undefined
  for (const run of await runsById(connection, wanted.runs)) {
    if (run.experiment_id !== last) {
      const { experiment } = await call(GetExperiment, { experiment_id: run.experiment_id })
      yield experimentRecord(experiment as SourceExperiment)
      last = run.experiment_id
    }
    yield* reader.run(run)
  }
  progress.done()
  yield { kind: 'end', runs: progress.counts.runs, points: progress.counts.points, files: progress.files }
}

class Reader {
  readonly #connection: Connection
  readonly #source: RestSource
  readonly #wanted: Wanted
  readonly #progress: Progress
  readonly #done = new Set<string>()

  constructor(connection: Connection, source: RestSource, wanted: Wanted, progress: Progress) {
    this.#connection = connection
    this.#source = source
    this.#wanted = wanted
    this.#progress = progress
  }

  /** Each run once, though it be wanted by its experiment and by its id. */
  async *run(run: SourceRun): AsyncGenerator<TransferRecord> {
    if (this.#done.has(run.run_id)) return
    this.#done.add(run.run_id)
    const { metrics: _, ...whole } = run
    const digester = new RunDigester(run).params(run.params).tags(run.tags)
    digester.inputs(run.dataset_inputs, run.model_inputs, run.model_outputs)
    yield { kind: 'run', run: whole }
    for await (const points of this.#source.history(run)) {
      digester.metrics(points)
      this.#progress.count('points', points.length)
      yield { kind: 'metrics', points }
    }
    if (this.#wanted.folder) yield* this.#files(run, this.#wanted.folder)
    const digest = digester.result(run.run_id)
    if (run.status !== 'RUNNING') await this.#confirm(digest)
    this.#progress.count('runs')
    yield { kind: 'run end', digest }
  }

  async *#files(run: SourceRun, folder: string): AsyncGenerator<TransferRecord> {
    const files = this.#source.files('runs', run)
    for await (const file of files.list()) {
      const target = join(folder, normalizeKey(`${run.run_id}/${file.path}`))
      await mkdir(dirname(target), { recursive: true })
      await pipeline(await files.open(file.path), createWriteStream(target))
      this.#progress.file(file.size)
      yield { kind: 'file', ...file }
    }
  }

  /** That it is what the server has, where the server can say so. A run that is still written to is as it was just now. */
  async #confirm(digest: RunDigest) {
    const answer = await this.#connection
      .call(DigestRuns, { run_ids: [digest.run_id] })
      .catch(() => undefined)
    const here = answer?.runs[0]
    if (here && JSON.stringify(here) !== JSON.stringify(digest))
      throw new ApiError(
        'INVALID_STATE',
        `Run ${digest.run_id} changed while it was exported: export it again.`,
      )
  }
}

/** Those of one experiment next to each other. */
async function runsById({ call }: Connection, ids: readonly string[]): Promise<SourceRun[]> {
  const runs: SourceRun[] = []
  for (const run_id of ids) runs.push(toRun((await call(GetRun, { run_id })).run))
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
