import { messageOf } from '@cairn/platform/errors'
import type { Progress } from '../copying/progress.js'
import { selectExperiments } from '../copying/sources/select-experiments.js'
import type { Source, SourceExperiment, SourceFiles } from '../copying/sources/source.js'
import { unreadableArtifacts, WatchedFiles } from './watched-files.js'

interface DryRunOptions {
  readonly withArtifacts: boolean
  readonly withTraces: boolean
  /** Names or ids; empty for all. */
  readonly experiments: readonly string[]
}

/**
 * Reads a whole source without writing anything: counts what a migration would copy, and shows that it is readable.
 *
 * @returns a sentence for each run or model whose artifacts are not
 */
export async function dryRun(
  source: Source,
  progress: Progress,
  options: DryRunOptions,
): Promise<readonly string[]> {
  const { experiments } = options
  const unreadable: string[] = []
  for await (const experiment of selectExperiments(source, experiments))
    await readExperiment(source, progress, experiment, options, unreadable)
  if (experiments.length === 0)
    for await (const { versions = [] } of source.registeredModels()) {
      progress.count('registered models')
      progress.count('versions', versions.length)
    }
  progress.done()
  return unreadable
}

async function readExperiment(
  source: Source,
  progress: Progress,
  experiment: SourceExperiment,
  { withArtifacts, withTraces }: DryRunOptions,
  unreadable: string[],
) {
  const count = async (owner: string, files: SourceFiles) => {
    const watched = new WatchedFiles(files)
    const { onFile, onSkipped } = progress.observeFiles(new Set())
    try {
      for await (const { size } of watched.list(onSkipped)) onFile(size)
    } catch (error) {
      if (watched.failure === undefined) throw error
      unreadable.push(unreadableArtifacts(owner, messageOf(error)))
    }
  }
  progress.count('experiments')
  for await (const model of source.loggedModels(experiment)) {
    progress.count('logged models')
    if (withArtifacts) await count(`logged model ${model.model_id}`, source.files('logged-models', model))
  }
  for await (const run of source.runs(experiment)) {
    progress.count('runs')
    for await (const points of source.history(run)) progress.count('points', points.length)
    if (withArtifacts) await count(`run ${run.run_id}`, source.files('runs', run))
  }
  if (!withTraces) return
  for await (const trace of source.traces(experiment)) {
    progress.count('traces')
    progress.count('spans', (await source.spans(trace)).length)
  }
}
