import type { SearchTraces } from '@cairn/platform/protocol/traces'
import { call } from './call.js'

const MAX_COUNTED = 100

/** The number of traces of a run, up to 100, and whether there are more. */
export async function countTracesOfRun(experiment_id: string, run_id: string, signal?: AbortSignal) {
  const page = await call<typeof SearchTraces>(
    'POST /api/3.0/mlflow/traces/search',
    {
      locations: [{ type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id } }],
      filter: `run_id = '${run_id}'`,
      max_results: MAX_COUNTED,
    },
    signal,
  )
  return { count: page.traces?.length ?? 0, more: Boolean(page.next_page_token) }
}
