import { fileURLToPath } from 'node:url'
import Type from 'typebox'
import { defineTask } from '../../engine/task.js'

const SHIPPED = fileURLToPath(new URL('../../../../examples/data/ml-latest-small.zip', import.meta.url))

/** Imports an edition of MovieLens into managed tables, and replaces existing contents. */
export const importDataTask = defineTask({
  entry: 'movielens/import',
  parameters: Type.Object({
    schema: Type.String(),
    source: Type.Optional(
      Type.String({ description: 'A zip or folder on the server (default: the shipped ml-latest-small).' }),
    ),
    imdb: Type.Optional(Type.String({ description: "A folder of IMDb's TSV files." })),
  }),
  async run(context) {
    const { importGoverned } = await import('./import-governed.js')
    return importGoverned(context, { ...context.parameters, source: context.parameters.source ?? SHIPPED })
  },
})
