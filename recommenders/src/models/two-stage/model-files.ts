import type { ModelFiles } from '@cairn/flavors/mlmodel/model-folder'
import { twoStageFiles } from '@cairn/flavors/two-stage/artifact'
import type { ArtifactContext } from '../../recipe.js'
import { artifactTables } from '../artifact-tables.js'
import type { TwoStage } from './fit.js'

/** The model folder of the ranker, which contains those of its members. */
export async function twoStageModelFiles(
  { members, plan, traits, popularity, scorer, parameters }: TwoStage,
  artifact: ArtifactContext,
): Promise<ModelFiles> {
  const folders = []
  for (const { name, files } of members) folders.push({ name, files: await files(artifact) })
  const { booster } = scorer
  const { depth } = parameters
  const { items, ...tables } = artifactTables(artifact, parameters)
  const known = { ...items, popularity: Float64Array.from(popularity) } // breaks ties between candidates
  return twoStageFiles(
    { ...tables, items: known, members: folders, plan, traits, depth, booster },
    artifact.metadata,
  )
}
