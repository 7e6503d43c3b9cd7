import type { ModelFiles } from '@cairn/flavors/mlmodel/model-folder'
import { loadEvents } from '@cairn/pipelines/leaderboard/load-events'
import { hybrid } from '@cairn/recommenders/models/hybrid/recipe'
import { resolveParameters } from '@cairn/recommenders/recipe'

/** Epochs of the models that usually take minutes to fit; their sizes are the defaults. */
const EPOCHS = 2

/** Fits the Hybrid of the demo on a MovieLens edition, with members trained for a few epochs. */
export async function fitHybridFiles(source: string): Promise<ModelFiles> {
  const { interactions: train, facts } = await loadEvents(source)
  const data = { train, ...(facts && { facts }) }
  const parameters = resolveParameters(hybrid, {
    member_parameters: { bert4rec: { epochs: EPOCHS }, ials: { epochs: EPOCHS } },
  })
  const model = await hybrid.fit(data, parameters)
  return hybrid.files(model, { ...data, metadata: {} })
}
