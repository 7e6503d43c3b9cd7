import { join } from 'node:path'
import { ApiError, invalid } from '@cairn/platform/errors'
import { DigestRuns, ImportExperiment, type RunDigest } from '@cairn/platform/protocol/imports'
import type { Progress } from '../copying/progress.js'
import { inFolder } from '../copying/sources/folder-files.js'
import type { SourceFile } from '../copying/sources/source.js'
import { RunImport } from '../copying/target/run-import.js'
import type { Target } from '../copying/target/target.js'
import { FORMAT, type TransferRecord } from './records.js'

const VERIFIED_AT_ONCE = 100

export interface Options {
  /** The experiment that takes all runs, instead of those that they were in. */
  readonly experiment: string | undefined
  /** Where files are, by run; without, runs come without them. */
  readonly folder: string | undefined
  readonly progress: Progress
  /** Told in one sentence of each run that is not here as it was. */
  readonly onDifference: (sentence: string) => void
}

/** Takes records as they come, in constant memory. */
export class BringRuns {
  readonly #target: Target
  readonly #options: Options
  #experiment: string | undefined
  #coming: RunImport | undefined
  #runId = ''
  #files: SourceFile[] = []
  #unverified: RunDigest[] = []
  #ended = false
  differ = 0

  constructor(target: Target, options: Options) {
    this.#target = target
    this.#options = options
  }

  /** @throws INVALID_PARAMETER_VALUE for records that are no export, or not a whole one */
  async all(records: AsyncIterable<TransferRecord>): Promise<void> {
    let isFirst = true
    for await (const record of records) {
      if (isFirst && (record.kind !== 'header' || record.format !== FORMAT))
        throw invalid('This is no export of runs that this release reads.')
      isFirst = false
      await this.#take(record)
    }
    await this.#verify()
    this.#options.progress.done()
    if (!this.#ended)
      throw invalid('The export is not whole: it stops before its end. What it held is imported.')
  }

  async #take(record: TransferRecord): Promise<void> {
    const { progress } = this.#options
    switch (record.kind) {
      case 'experiment':
        return this.#enter(record)
      case 'run':
        if (!this.#experiment) throw invalid('The export has a run before its experiment.')
        this.#runId = record.run.run_id
        this.#files = []
        this.#coming = new RunImport(this.#target, {
          ...withoutLocation(record.run),
          experiment_id: this.#experiment,
        })
        return
      case 'metrics':
        progress.count('points', record.points.length)
        return this.#run().points(record.points)
      case 'file':
        this.#files.push(record)
        return
      case 'run end':
        return this.#end(record.digest)
      case 'end':
        this.#ended = true
    }
  }

  async #enter({ kind: _, ...experiment }: Extract<TransferRecord, { kind: 'experiment' }>) {
    const { experiment: name } = this.#options
    const given = name ? { name } : experiment
    this.#experiment = (await this.#target.call(ImportExperiment, given)).experiment_id
  }

  async #end(said: RunDigest) {
    const { folder, progress, onDifference } = this.#options
    const coming = this.#run()
    if (folder && this.#files.length > 0) {
      const { open } = inFolder(join(folder, this.#runId), [folder])
      const files = this.#files
      const list = async function* () {
        yield* files
      }
      await coming.files({ list, open }, progress.told(new Set()))
    }
    const { digest } = await coming.end()
    if (!isAsSaid(digest, said)) {
      this.differ++
      onDifference(`Run ${said.run_id} is not in the file as it was exported.`)
    }
    this.#coming = undefined
    progress.count('runs')
    this.#unverified.push(digest)
    if (this.#unverified.length >= VERIFIED_AT_ONCE) await this.#verify()
  }

  async #verify() {
    if (this.#unverified.length === 0) return
    const run_ids = this.#unverified.map(({ run_id }) => run_id)
    const { runs } = await this.#target.call(DigestRuns, { run_ids })
    const here = new Map(runs.map((run) => [run.run_id, JSON.stringify(run)]))
    for (const digest of this.#unverified) {
      if (here.get(digest.run_id) === JSON.stringify(digest)) continue
      this.differ++
      this.#options.onDifference(`Run ${digest.run_id} is not here as it was.`)
    }
    this.#unverified = []
  }

  #run(): RunImport {
    if (!this.#coming) throw new ApiError('INVALID_PARAMETER_VALUE', 'The export has metrics of no run.')
    return this.#coming
  }
}

function withoutLocation<T extends { artifact_uri: string }>({ artifact_uri: _, ...run }: T) {
  return run
}

/** Of a run that gets another id, the import notes the old one in a tag. */
function isAsSaid(read: RunDigest, said: RunDigest): boolean {
  const toCompare = (digest: RunDigest) =>
    JSON.stringify(read.run_id === said.run_id ? digest : { ...digest, run_id: '', tags: '' })
  return toCompare(read) === toCompare(said)
}
