import Type from 'typebox'
import { defineTask } from '../../task-kinds/task.js'

/** Trains a model of any kind that has a recipe. */
export const trainTask = defineTask({
  entry: 'recommender/train',
  parameters: Type.Object({
    schema: Type.String(),
    experiment: Type.String(),
    kind: Type.String({ description: 'A kind from `cairn models params`' }),
    parameters: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    ablations: Type.Optional(
      Type.Boolean({ description: 'Measure a composite without each of its parts, as child runs' }),
    ),
  }),
  async run(context) {
    const { train } = await import('./train.js')
    return train(context, context.parameters)
  },
})
