import { useQueries } from '@tanstack/react-query'
import { getLoggedModel } from '../api/logged-models.js'
import { queryKeys } from '../api/query-keys.js'
import type { Run } from '../api/runs.js'

/** A model that a run logged, as fields of a new version. */
export interface ModelSource {
  readonly label: string
  readonly source: string
  readonly run_id: string
  readonly model_id?: string
}

/** The logged models of a run, and the model folders among its artifacts that older clients write. */
export function useModelSources(run: Run) {
  const { run_id } = run.info
  const ids = (run.outputs?.model_outputs ?? []).map(({ model_id }) => model_id)
  return useQueries({
    queries: ids.map((id) => ({
      queryKey: queryKeys.loggedModel(id),
      queryFn: ({ signal }: { signal: AbortSignal }) => getLoggedModel(id, signal),
    })),
    combine: (results) => ({
      isPending: results.some((result) => result.isPending),
      error: results.find((result) => result.error)?.error,
      data: [
        ...results.flatMap(({ data }): ModelSource[] => {
          if (!data) return []
          const { model_id, name, artifact_uri } = data.info
          return [{ label: `${name} (${model_id})`, source: artifact_uri, run_id, model_id }]
        }),
        ...modelFolders(run).map((path): ModelSource => {
          return { label: path, source: `${run.info.artifact_uri}/${path}`, run_id }
        }),
      ],
    }),
  })
}

/** Paths of models below the run's artifacts. A model that is a logged model, too, is not listed twice. */
export function modelFolders({ data, outputs }: Pick<Run, 'data' | 'outputs'>): string[] {
  if (outputs?.model_outputs?.length) return []
  const history = data.tags?.find(({ key }) => key === 'mlflow.log-model.history')?.value
  try {
    const models: unknown = JSON.parse(history ?? '[]')
    if (!Array.isArray(models)) return []
    const paths = models.map((model: { artifact_path?: unknown } | null) => model?.artifact_path)
    return [...new Set(paths.filter((path): path is string => typeof path === 'string' && path !== ''))]
  } catch {
    return []
  }
}
