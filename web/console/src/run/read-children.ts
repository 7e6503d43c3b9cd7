import { batchGetRuns, listRunKeys, type Projection, searchRuns } from '../api/runs.js'
import { HEADLINE_METRICS } from '../metrics/metric-name.js'
import { type RunRow, toRow } from '../runs/row.js'

export const MAX_CHILDREN = 200
/** Metrics among which those of children without a headline metric are found: children may have thousands. */
const MAX_METRICS = 40

interface Children {
  readonly rows: readonly RunRow[]
  readonly more: boolean
}

const only = (metrics: readonly string[]): Projection => ({
  ...{ metrics: [...metrics], params: [], tags: [], inputs: false },
})

/** Reads the child runs of a run, oldest first, each with a few metrics. @throws RequestError */
export async function readChildren({ info }: RunRow, signal: AbortSignal): Promise<Children> {
  const { experiment_id, run_id } = info
  const page = await searchRuns(
    {
      experiment_ids: [experiment_id],
      filter: `tags.\`mlflow.parentRunId\` = '${run_id}'`,
      max_results: MAX_CHILDREN,
      order_by: ['attributes.start_time ASC'],
      projection: only(HEADLINE_METRICS),
    },
    signal,
  )
  const rows = (page.runs ?? []).map(toRow)
  const others = rows.filter(({ metrics }) => metrics.size === 0).map((row) => row.info.run_id)
  const read = await readMetrics(experiment_id, others, signal)
  return {
    rows: rows.map((row) => read.get(row.info.run_id) ?? row),
    more: Boolean(page.next_page_token),
  }
}

async function readMetrics(experimentId: string, ids: string[], signal: AbortSignal) {
  if (ids.length === 0) return new Map<string, RunRow>()
  const { metrics } = await listRunKeys(experimentId, signal)
  const runs = await batchGetRuns(ids, only(metrics.slice(0, MAX_METRICS)), signal)
  return new Map(runs.map((run) => [run.info.run_id, toRow(run)]))
}
