import Type from 'typebox'
import { defineTask } from '../../engine/task.js'

/** Trains the popularity baseline, which every other model must beat. */
export const trainPopularityTask = defineTask({
  entry: 'recommender/train-popularity',
  parameters: Type.Object({ schema: Type.String(), experiment: Type.String() }),
  async run(context) {
    const { popularity } = await import('@cairn/recommenders/models/popularity/recipe')
    const { trainRecipe } = await import('./train-recipe.js')
    return trainRecipe(context, context.parameters, popularity)
  },
})
