import Type from 'typebox'
import { defineTask } from '../../task-kinds/task.js'

/** Derives a table of film features, which models read instead of the raw tables. */
export const featuresTask = defineTask({
  entry: 'movielens/features',
  parameters: Type.Object({ schema: Type.String() }),
  async run(context) {
    const { deriveFeatures } = await import('./derive-features.js')
    return deriveFeatures(context, context.parameters.schema)
  },
})
