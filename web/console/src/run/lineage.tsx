import { useQueries, useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { listEndpoints } from '../api/endpoints.js'
import { getLoggedModel, type LoggedModel } from '../api/logged-models.js'
import { searchVersions } from '../api/models.js'
import { queryKeys } from '../api/query-keys.js'
import type { Run } from '../api/runs.js'
import { type RunRow, runName } from '../runs/row.js'
import { LineageDiagram } from './lineage-diagram.js'
import { lineageGraph } from './lineage-graph.js'

/** Datasets, model versions and endpoints connected to a run. */
export function Lineage({ run, row }: { run: Run; row: RunRow }) {
  const { t } = useTranslation()
  const heading = useId()
  const runId = row.info.run_id
  const versions = useQuery({
    queryKey: queryKeys.versionsOfRun(runId),
    queryFn: ({ signal }) => searchVersions(`run_id='${runId}'`, signal),
  })
  const endpoints = useQuery({
    queryKey: queryKeys.endpoints(),
    queryFn: ({ signal }) => listEndpoints(signal),
  })
  const models = useLoggedModels(run)
  const graph = lineageGraph({
    run: { id: runId, name: runName(row.info), kind: row.tags.get('cairn.model_kind') ?? '' },
    datasets: run.inputs?.dataset_inputs ?? [],
    models,
    versions: versions.data ?? [],
    endpoints: endpoints.data ?? [],
  })
  if (graph.edges.length === 0) return null
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('lineage.title')}</h2>
      </header>
      <LineageDiagram graph={graph} />
    </section>
  )
}

/** The models that the run logged, as far as they are known. */
function useLoggedModels(run: Run): readonly LoggedModel[] {
  return useQueries({
    queries: (run.outputs?.model_outputs ?? []).map(({ model_id }) => ({
      queryKey: queryKeys.loggedModel(model_id),
      queryFn: ({ signal }: { signal: AbortSignal }) => getLoggedModel(model_id, signal),
    })),
    combine: (results) => results.flatMap(({ data }) => data ?? []),
  })
}
