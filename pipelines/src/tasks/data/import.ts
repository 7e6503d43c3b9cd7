import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import Type from 'typebox'
import { importPaths } from '../../movielens/import-paths.js'
import { defineTask } from '../../task-kinds/task.js'

const SHIPPED = fileURLToPath(new URL('../../../../examples/data/ml-latest-small.zip', import.meta.url))

/** Imports an edition of MovieLens into managed tables, and replaces existing contents. */
export const importDataTask = defineTask({
  entry: 'movielens/import',
  parameters: Type.Object({
    schema: Type.String(),
    source: Type.Optional(
      Type.String({
        description:
          'A zip or folder on the server, below one of its import folders (default: the shipped ml-latest-small).',
      }),
    ),
    imdb: Type.Optional(Type.String({ description: "A folder of IMDb's TSV files." })),
  }),
  async run(context) {
    const { importGoverned } = await import('./import-governed.js')
    const { services, parameters } = context
    const paths = importPaths(services.config, context, [dirname(SHIPPED)])
    return importGoverned(context, { ...parameters, source: parameters.source ?? SHIPPED, paths })
  },
})
