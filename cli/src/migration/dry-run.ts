import type { Progress } from '../copying/progress.js'
import { selectExperiments } from '../copying/sources/select-experiments.js'
import type { Source, SourceExperiment, SourceFiles } from '../copying/sources/source.js'

interface DryRunOptions {
  readonly withArtifacts: boolean
  readonly withTraces: boolean
  /** Names or ids; empty for all. */
  readonly experiments: readonly string[]
}

/** Reads a whole source without writing anything: counts what a migration would copy, and shows that it is readable. */
export async function dryRun(source: Source, progress: Progress, options: DryRunOptions): Promise<void> {
  const { experiments } = options
  for await (const experiment of selectExperiments(source, experiments))
    await readExperiment(source, progress, experiment, options)
  if (experiments.length === 0)
    for await (const { versions = [] } of source.registeredModels()) {
      progress.count('registered models')
      progress.count('versions', versions.length)
    }
  progress.done()
}

async function readExperiment(
  source: Source,
  progress: Progress,
  experiment: SourceExperiment,
  { withArtifacts, withTraces }: DryRunOptions,
) {
  const count = async (files: SourceFiles) => {
    const { onFile, onSkipped } = progress.observeFiles(new Set())
    for await (const { size } of files.list(onSkipped)) onFile(size)
  }
  progress.count('experiments')
  for await (const model of source.loggedModels(experiment)) {
    progress.count('logged models')
    if (withArtifacts) await count(source.files('logged-models', model))
  }
  for await (const run of source.runs(experiment)) {
    progress.count('runs')
    for await (const points of source.history(run)) progress.count('points', points.length)
    if (withArtifacts) await count(source.files('runs', run))
  }
  if (!withTraces) return
  for await (const trace of source.traces(experiment)) {
    progress.count('traces')
    progress.count('spans', (await source.spans(trace)).length)
  }
}
