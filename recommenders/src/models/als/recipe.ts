import { alsFiles } from '@cairn/flavors/als/write'
import type { Recipe } from '../../recipe.js'
import type { FactorScorer } from '../../scoring/factor-scorer.js'
import { artifactTables } from '../artifact-tables.js'
import { toFitStep } from './fit-step.js'
import { fitAlsMember } from './members.js'
import type { AlsModel } from './model.js'
import { AlsParameters } from './parameters.js'
import { alsFactorScorer } from './scorer.js'
import { trainAls } from './train.js'

/** iALS++: implicit matrix factorization. Every event is a positive example, every other pair a weak negative. */
export const als: Recipe<typeof AlsParameters, FactorScorer & AlsModel> = {
  kind: 'als',
  title: 'iALS',
  parameters: AlsParameters,
  async fit({ train }, parameters, { threads, signal, onStep } = {}) {
    const model = await trainAls(train, parameters, {
      ...(threads !== undefined && { threads }),
      ...(signal && { signal }),
      onEpoch: (epoch) => onStep?.(toFitStep(epoch, parameters.epochs)),
    })
    return alsFactorScorer(model, train)
  },
  files(model, artifact) {
    const { items, users, protocol } = artifactTables(artifact, model.params)
    const { dimensions, itemFactors, userFactors, params } = model
    return alsFiles(
      {
        dimensions,
        items,
        itemFactors,
        userIds: users!.ids,
        userFactors,
        parameters: { ...params },
        seen: users!.histories,
        ...(protocol && { protocol }),
      },
      artifact.metadata,
    )
  },
  fitMembers: async (data, overrides, options) => [await fitAlsMember(data, overrides, options)],
}
