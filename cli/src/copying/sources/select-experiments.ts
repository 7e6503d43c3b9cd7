import { missing } from '@cairn/platform/errors'
import type { Source, SourceExperiment } from './source.js'

/** The experiments with these names or ids. @throws RESOURCE_DOES_NOT_EXIST for an unknown one */
export async function findExperiments(
  source: Pick<Source, 'experiments'>,
  wanted: readonly string[],
): Promise<SourceExperiment[]> {
  if (wanted.length === 0) return []
  const found: SourceExperiment[] = []
  for await (const experiment of source.experiments())
    if (wanted.includes(experiment.name) || wanted.includes(experiment.experiment_id)) found.push(experiment)
  const unknown = wanted.find(
    (nameOrId) => !found.some(({ name, experiment_id }) => name === nameOrId || experiment_id === nameOrId),
  )
  if (unknown !== undefined) throw missing(`Experiment '${unknown}' does not exist in the source.`)
  return found
}

/** The experiments with these names or ids, or all experiments when `wanted` is empty. */
export async function* selectExperiments(
  source: Pick<Source, 'experiments'>,
  wanted: readonly string[],
): AsyncGenerator<SourceExperiment> {
  if (wanted.length > 0) yield* await findExperiments(source, wanted)
  else yield* source.experiments()
}
