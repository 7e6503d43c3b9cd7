import type { ModelFiles } from '@cairn/flavors/mlmodel/model-folder'
import { twoStageFiles } from '@cairn/flavors/two-stage/artifact'
import { tablesOf } from '../artifact-tables.js'
import type { ArtifactContext } from '../recipe.js'
import type { TwoStage } from './fit.js'

/** The ranker's folder with those of its members in it. */
export async function filesOf(
  { members, plan, traits, popularity, scorer, parameters }: TwoStage,
  artifact: ArtifactContext,
): Promise<ModelFiles> {
  const folders = []
  for (const { name, files } of members) folders.push({ name, files: await files(artifact) })
  const { booster } = scorer
  const { depth } = parameters
  const { items, ...tables } = tablesOf(artifact, parameters)
  const known = { ...items, popularity: Float64Array.from(popularity) } // decides between equal candidates
  return twoStageFiles(
    { ...tables, items: known, members: folders, plan, traits, depth, booster },
    artifact.metadata,
  )
}
