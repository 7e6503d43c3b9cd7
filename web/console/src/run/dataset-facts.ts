import type { DatasetInput } from '../api/runs.js'

interface DatasetFacts {
  readonly rows?: number
  readonly columns?: number
  readonly context?: string
}

/** Reads size and context of a logged dataset. Schema and profile are JSON strings whose shape depends on the client. */
export function datasetFacts({ tags, dataset }: DatasetInput): DatasetFacts {
  const profile = parse(dataset.profile)
  const schema = parse(dataset.schema)
  const rows = [profile.num_rows, profile.num_elements].find(
    (count): count is number => typeof count === 'number',
  )
  const columns = schema.mlflow_colspec ?? schema.columns
  const context = tags?.find(({ key }) => key === 'mlflow.data.context')?.value
  return {
    ...(rows !== undefined && { rows }),
    ...(Array.isArray(columns) && { columns: columns.length }),
    ...(context && { context }),
  }
}

function parse(text: string | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? '')
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
