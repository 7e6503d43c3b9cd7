import { join } from 'node:path'
import { invalid } from '@cairn/platform/errors'
import { DigestRuns, ImportExperiment, type RunDigest } from '@cairn/platform/protocol/cairn/imports'
import type { Progress } from '../copying/progress.js'
import { folderFiles } from '../copying/sources/folder-files.js'
import type { SourceFile } from '../copying/sources/source.js'
import { RunImport } from '../copying/target/run-import.js'
import type { Target } from '../copying/target/target.js'
import { EXPORT_FORMAT, type TransferRecord } from './records.js'

const VERIFY_BATCH = 100

export interface ImportOptions {
  /** Imports all runs into this experiment instead of their original ones. */
  readonly experiment: string | undefined
  /** Contains the files of each run; undefined imports none. */
  readonly folder: string | undefined
  readonly progress: Progress
  /** Called with one sentence for each run that differs from the exported one. */
  readonly onDifference: (sentence: string) => void
}

/** Imports a stream of records in constant memory. */
export class RunsImporter {
  readonly #target: Target
  readonly #options: ImportOptions
  #experiment: string | undefined
  #current: RunImport | undefined
  #runId = ''
  #files: SourceFile[] = []
  #unverified: RunDigest[] = []
  #ended = false
  /** The number of runs that differ from the exported ones. */
  different = 0

  constructor(target: Target, options: ImportOptions) {
    this.#target = target
    this.#options = options
  }

  /** @throws INVALID_PARAMETER_VALUE for records that are not a complete export */
  async importAll(records: AsyncIterable<TransferRecord>): Promise<void> {
    let isFirst = true
    for await (const record of records) {
      if (isFirst && (record.kind !== 'header' || record.format !== EXPORT_FORMAT))
        throw invalid(`This is not an export of runs in the format ${EXPORT_FORMAT}.`)
      isFirst = false
      await this.#importRecord(record)
    }
    await this.#verify()
    this.#options.progress.done()
    if (!this.#ended)
      throw invalid(
        'The export is incomplete: its last record is missing. The runs before that were imported.',
      )
  }

  async #importRecord(record: TransferRecord): Promise<void> {
    const { progress } = this.#options
    switch (record.kind) {
      case 'experiment':
        return this.#importExperiment(record)
      case 'run':
        if (!this.#experiment) throw invalid('The export has a run before the first experiment.')
        this.#runId = record.run.run_id
        this.#files = []
        this.#current = new RunImport(this.#target, {
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
        return this.#endRun(record.digest)
      case 'end':
        this.#ended = true
    }
  }

  async #importExperiment({ kind: _, ...experiment }: Extract<TransferRecord, { kind: 'experiment' }>) {
    const { experiment: name } = this.#options
    const imported = name ? { name } : experiment
    this.#experiment = (await this.#target.call(ImportExperiment, imported)).experiment_id
  }

  async #endRun(exported: RunDigest) {
    const { folder, progress, onDifference } = this.#options
    const runImport = this.#run()
    if (folder && this.#files.length > 0) {
      const { open } = folderFiles(join(folder, this.#runId), [folder])
      const files = this.#files
      const list = async function* () {
        yield* files
      }
      await runImport.files({ list, open }, progress.observeFiles(new Set()))
    }
    const { digest } = await runImport.end()
    if (!isSameRun(digest, exported)) {
      this.different++
      onDifference(`Run ${exported.run_id} was changed in the file after the export.`)
    }
    this.#current = undefined
    progress.count('runs')
    this.#unverified.push(digest)
    if (this.#unverified.length >= VERIFY_BATCH) await this.#verify()
  }

  async #verify() {
    if (this.#unverified.length === 0) return
    const run_ids = this.#unverified.map(({ run_id }) => run_id)
    const { runs } = await this.#target.call(DigestRuns, { run_ids })
    const stored = new Map(runs.map((run) => [run.run_id, JSON.stringify(run)]))
    for (const digest of this.#unverified) {
      if (stored.get(digest.run_id) === JSON.stringify(digest)) continue
      this.different++
      this.#options.onDifference(`Run ${digest.run_id} differs on the server from the exported run.`)
    }
    this.#unverified = []
  }

  #run(): RunImport {
    if (!this.#current) throw invalid('The export has metrics before the first run.')
    return this.#current
  }
}

function withoutLocation<T extends { artifact_uri: string }>({ artifact_uri: _, ...run }: T) {
  return run
}

/** Ignores the tags of a run that gets another id: the import adds a tag with the old one. */
function isSameRun(imported: RunDigest, exported: RunDigest): boolean {
  const comparable = (digest: RunDigest) =>
    JSON.stringify(imported.run_id === exported.run_id ? digest : { ...digest, run_id: '', tags: '' })
  return comparable(imported) === comparable(exported)
}
