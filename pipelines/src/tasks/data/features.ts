import Type from 'typebox'
import { defineTask } from '../../engine/task.js'

/** What is known of each film, in one table that models read instead of the raw ones. */
export const features = defineTask({
  entry: 'movielens/features',
  parameters: Type.Object({ schema: Type.String() }),
  async run(context) {
    const { deriveFeatures } = await import('./derive-features.js')
    return deriveFeatures(context, context.parameters.schema)
  },
})
