import Type from 'typebox'
import { defineTask } from '../../engine/task.js'

/** Any kind of model that there is a recipe for, with parameters of its own. */
export const trainTask = defineTask({
  entry: 'recommender/train',
  parameters: Type.Object({
    schema: Type.String(),
    experiment: Type.String(),
    kind: Type.String({ description: 'As `cairn models params` lists them' }),
    parameters: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    ablations: Type.Optional(
      Type.Boolean({ description: 'Measure a composite without each of its parts, each as a child run' }),
    ),
  }),
  async run(context) {
    const { getRecipe } = await import('@cairn/recommenders/models/kinds')
    const { train } = await import('./train.js')
    const { kind, parameters } = context.parameters
    return train(context, context.parameters, await getRecipe(kind), parameters)
  },
})
