import Type from 'typebox'
import { defineTask } from '../../task-kinds/task.js'

/** Trains the popularity baseline, which every other model must beat. */
export const trainPopularityTask = defineTask({
  entry: 'recommender/train-popularity',
  parameters: Type.Object({ schema: Type.String(), experiment: Type.String() }),
  async run(context) {
    const { train } = await import('./train.js')
    return train(context, { ...context.parameters, kind: 'popularity' })
  },
})
