import { searchExperiments } from '../api/experiments.js'
import { batchGetRuns, type Projection, searchRuns } from '../api/runs.js'
import { HEADLINE_METRICS } from '../metrics/metric-name.js'
import { type RunRow, toRow } from '../runs/row.js'

/** The id of the run that a run continues with other settings. */
export const FORK_TAG = 'cairn.forked_from'
/** The step of that run at which it begins. */
const FORK_STEP_TAG = 'cairn.fork_step'

/** Longer lines are shown from their last runs. */
const MAX_ANCESTORS = 20
/** No run has a longer id. */
const MAX_ID_LENGTH = 256
export const MAX_FORKS = 200
/** Forks are searched in the experiment of the run and in the first others that the reader may read. */
const MAX_EXPERIMENTS = 1_000

export interface ForkLine {
  /** The runs before this one, the origin first. */
  readonly ancestors: readonly RunRow[]
  /** True if the first of them was forked from a run that was purged, that the reader may not read, or that is too far. */
  readonly isCut: boolean
  /** The runs of all experiments that were forked from this one. */
  readonly forks: readonly RunRow[]
  readonly hasMore: boolean
}

/** The step at which a run was forked; undefined without a number. */
export function forkStep({ tags }: RunRow): number | undefined {
  const text = tags.get(FORK_STEP_TAG)?.trim()
  const step = Number(text)
  return text && Number.isFinite(step) ? step : undefined
}

/** The metric by which the runs of the line are compared. */
export const forkMetric = ({ metrics }: RunRow): string | undefined =>
  HEADLINE_METRICS.find((key) => metrics.has(key)) ?? [...metrics.keys()][0]

/** The keys that the line shows of a run. */
function projectionOf(row: RunRow): Projection {
  const metric = forkMetric(row)
  const metrics = metric === undefined ? [] : [metric]
  return { metrics, params: [], tags: [FORK_TAG, FORK_STEP_TAG], inputs: false }
}

/** Reads the runs that a run was forked from, and its forks. @throws RequestError */
export async function readForkLine(row: RunRow, signal: AbortSignal): Promise<ForkLine> {
  const [before, after] = await Promise.all([readAncestors(row, signal), readForks(row, signal)])
  return { ...before, ...after }
}

async function readAncestors(row: RunRow, signal: AbortSignal) {
  const ancestors: RunRow[] = []
  const seen = new Set([row.info.run_id])
  const projection = projectionOf(row)
  let next = row.tags.get(FORK_TAG)
  // Tags may form a circle.
  while (next && ancestors.length < MAX_ANCESTORS && !seen.has(next)) {
    seen.add(next)
    const run = await findRun(next, projection, signal)
    if (!run) break
    ancestors.unshift(run)
    next = run.tags.get(FORK_TAG)
  }
  return { ancestors, isCut: Boolean(next) }
}

/** Undefined if it does not exist or may not be read. */
async function findRun(id: string, projection: Projection, signal: AbortSignal): Promise<RunRow | undefined> {
  if (id.length > MAX_ID_LENGTH) return undefined
  const [run] = await batchGetRuns([id], projection, signal)
  return run && toRow(run)
}

async function readForks(row: RunRow, signal: AbortSignal) {
  const { experiment_id, run_id } = row.info
  const { experiments = [] } = await searchExperiments({ max_results: MAX_EXPERIMENTS }, signal)
  const ids = new Set([experiment_id, ...experiments.map((one) => one.experiment_id)])
  const page = await searchRuns(
    {
      experiment_ids: [...ids],
      filter: `tags.\`${FORK_TAG}\` = '${run_id}'`,
      max_results: MAX_FORKS,
      order_by: ['attributes.start_time ASC'],
      projection: projectionOf(row),
    },
    signal,
  )
  return { forks: (page.runs ?? []).map(toRow), hasMore: Boolean(page.next_page_token) }
}
