import type { SubmitRun } from '@cairn/platform/protocol/databricks/job-runs'
import type { Input } from '@cairn/platform/protocol/operation'

export interface ImportOptions {
  /** A zip archive or a folder that the server can read. */
  readonly source: string
  /** `catalog.schema`; created if it does not exist. */
  readonly schema: string
  /** A folder of IMDb's TSV files. */
  readonly imdb?: string
}

/** A run that imports one data set as the principal who submits it. */
export const importJob = ({ source, schema, imdb }: ImportOptions): Input<typeof SubmitRun> => ({
  run_name: `import ${source}`,
  tasks: [
    {
      task_key: 'import',
      node_task: { entry: 'movielens/import', parameters: { source, schema, ...(imdb && { imdb }) } },
    },
  ],
})
