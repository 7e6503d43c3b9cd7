import { missing } from '@cairn/platform/errors'
import type { Source, SourceExperiment } from './source.js'

/** The experiments with these names or ids. @throws RESOURCE_DOES_NOT_EXIST when one is not there */
export async function chosen(
  source: Pick<Source, 'experiments'>,
  wanted: readonly string[],
): Promise<SourceExperiment[]> {
  if (wanted.length === 0) return []
  const found: SourceExperiment[] = []
  for await (const experiment of source.experiments())
    if (wanted.includes(experiment.name) || wanted.includes(experiment.experiment_id)) found.push(experiment)
  const absent = wanted.find(
    (one) => !found.some(({ name, experiment_id }) => name === one || experiment_id === one),
  )
  if (absent !== undefined) throw missing(`There is no experiment '${absent}'.`)
  return found
}

/** The same, or all when none is named. */
export async function* chosenOrAll(
  source: Pick<Source, 'experiments'>,
  wanted: readonly string[],
): AsyncGenerator<SourceExperiment> {
  if (wanted.length > 0) yield* await chosen(source, wanted)
  else yield* source.experiments()
}
