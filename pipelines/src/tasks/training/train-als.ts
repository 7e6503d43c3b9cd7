import { AlsParameters } from '@cairn/recommenders/models/als/parameters'
import Type from 'typebox'
import { defineTask } from '../../engine/task.js'

/** Trains iALS: implicit matrix factorization, with every rating as an event. */
export const trainAlsTask = defineTask({
  entry: 'recommender/train-als',
  parameters: Type.Object({
    schema: Type.String(),
    experiment: Type.String(),
    ials: Type.Optional(Type.Partial(AlsParameters)),
  }),
  async run(context) {
    const { als } = await import('@cairn/recommenders/models/als/recipe')
    const { trainRecipe } = await import('./train-recipe.js')
    return trainRecipe(context, context.parameters, als, context.parameters.ials)
  },
})
