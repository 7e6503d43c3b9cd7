import { AlsParameters } from '@cairn/recommenders/models/als/parameters'
import Type from 'typebox'
import { defineTask } from '../../task-kinds/task.js'

/** Trains iALS: implicit matrix factorization, with every rating as an event. */
export const trainAlsTask = defineTask({
  entry: 'recommender/train-als',
  parameters: Type.Object({
    schema: Type.String(),
    experiment: Type.String(),
    ials: Type.Optional(Type.Partial(AlsParameters)),
  }),
  async run(context) {
    const { train } = await import('./train.js')
    const { ials, ...options } = context.parameters
    return train(context, { ...options, kind: 'als', parameters: ials })
  },
})
