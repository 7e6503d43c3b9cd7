import type { Progress } from '../copying/progress.js'
import { chosenOrAll } from '../copying/sources/select-experiments.js'
import type { Source, SourceExperiment, SourceFiles } from '../copying/sources/source.js'

interface Options {
  readonly withArtifacts: boolean
  readonly withTraces: boolean
  /** Names or ids; all when empty. */
  readonly experiments: readonly string[]
}

/** Reads all of a source and brings nothing: what a migration would bring, and whether it can be read. */
export async function survey(source: Source, progress: Progress, options: Options): Promise<void> {
  const { experiments } = options
  for await (const experiment of chosenOrAll(source, experiments))
    await surveyExperiment(source, progress, experiment, options)
  if (experiments.length === 0)
    for await (const { versions = [] } of source.registeredModels()) {
      progress.count('registered models')
      progress.count('versions', versions.length)
    }
  progress.done()
}

async function surveyExperiment(
  source: Source,
  progress: Progress,
  experiment: SourceExperiment,
  { withArtifacts, withTraces }: Options,
) {
  const count = async (files: SourceFiles) => {
    const { file, leftOut } = progress.told(new Set())
    for await (const { size } of files.list(leftOut)) file(size)
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
