import { alsFiles } from '@cairn/flavors/als/write'
import type { FactorScorer } from '../../scoring/factor-scorer.js'
import { tablesOf } from '../artifact-tables.js'
import type { Recipe } from '../recipe.js'
import { stepOf } from './epoch-step.js'
import type { IalsModel } from './model.js'
import { IalsParams } from './params.js'
import { ialsScorer } from './scorer.js'
import { trainIals } from './train.js'

/** iALS++: implicit matrix factorization, every event a yes and every other pair a weak no. */
export const ials: Recipe<typeof IalsParams, FactorScorer & IalsModel> = {
  kind: 'als',
  title: 'iALS',
  parameters: IalsParams,
  async fit({ train }, parameters, { threads, signal, onStep } = {}) {
    const model = await trainIals(train, parameters, {
      ...(threads !== undefined && { threads }),
      ...(signal && { signal }),
      onEpoch: (epoch) => onStep?.(stepOf(epoch, parameters.epochs)),
    })
    return ialsScorer(model, train)
  },
  files(model, artifact) {
    const { items, users, protocol } = tablesOf(artifact, model.params)
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
}
