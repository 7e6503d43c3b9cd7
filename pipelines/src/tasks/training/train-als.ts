import Type from 'typebox'
import { defineTask } from '../../engine/task.js'
import { IalsParams } from '../../recommender/ials/params.js'

/** iALS: implicit matrix factorization, every rating an event. */
export const trainAlsTask = defineTask({
  entry: 'recommender/train-als',
  parameters: Type.Object({
    schema: Type.String(),
    experiment: Type.String(),
    ials: Type.Optional(Type.Partial(IalsParams)),
  }),
  async run(context) {
    const { ials } = await import('../../recommender/ials/recipe.js')
    const { train } = await import('./train.js')
    return train(context, context.parameters, ials, context.parameters.ials)
  },
})
