import { setTimeout as sleep } from 'node:timers/promises'
import { DEMO_ENDPOINT, DEMO_EXPERIMENT, DEMO_HISTORY } from '@cairn/pipelines/tasks/demo-job'
import { ApiError } from '@cairn/platform/errors'
import type { Client } from '@cairn/platform/protocol/client'
import { QueryServingEndpoint } from '@cairn/platform/protocol/databricks/serving-endpoints'
import { EVALUATION_TAGS } from '@cairn/platform/protocol/mlflow/evaluation'
import { GetExperimentByName } from '@cairn/platform/protocol/mlflow/experiments'
import { type Run, SearchRuns } from '@cairn/platform/protocol/mlflow/runs'
import { findServed, type ServedVersion } from './served-version.js'

interface Recommendation {
  readonly title?: string
  readonly item_id: string | number
  readonly score: number
  readonly reasons: readonly { readonly type: string; readonly title?: string }[]
}

/** Prints recommendations, the leaderboard and links after the demo. */
export async function printSummary(call: Client, server: string): Promise<void> {
  const lines = [...(await recommendations(call)), '', ...(await leaderboard(call)), '', ...links(server)]
  process.stdout.write(`\n${lines.join('\n')}\n\n`)
}

const READY_MS = 60_000

/** The endpoint's model may still be loading after a start. @throws TEMPORARILY_UNAVAILABLE after a minute */
async function waitUntilServed(call: Client): Promise<ServedVersion> {
  for (const deadline = Date.now() + READY_MS; Date.now() < deadline; await sleep(50)) {
    const served = await findServed(call)
    if (served) return served
  }
  throw new ApiError('TEMPORARILY_UNAVAILABLE', `The endpoint '${DEMO_ENDPOINT}' serves no model.`)
}

export async function recommendations(call: Client): Promise<string[]> {
  const served = await waitUntilServed(call)
  const history = DEMO_HISTORY.map((film) => film.item_id)
  const { predictions } = await call(QueryServingEndpoint, {
    name: DEMO_ENDPOINT,
    dataframe_records: [{ history, k: 5, filter_seen: true, reasons: true }],
  })
  const [prediction] = predictions as [{ recommendations: Recommendation[] }]
  const watched = DEMO_HISTORY.map((film) => film.title).join(', ')
  const rows = prediction.recommendations.map(({ title, item_id, score, reasons }, index) => {
    const [reason] = reasons
    const why = reason?.title ? `because of ${reason.title}` : reason?.type
    return `  ${index + 1}. ${(title ?? String(item_id)).padEnd(46)} ${score.toFixed(3)}  ${why}`
  })
  return [`Recommendations after ${watched}, by ${served.title}`, ...rows]
}

async function leaderboard(call: Client): Promise<string[]> {
  const { experiment } = await call(GetExperimentByName, { experiment_name: DEMO_EXPERIMENT })
  const { runs = [] } = await call(SearchRuns, {
    experiment_ids: [experiment.experiment_id],
    filter: "tags.`cairn.protocol` != '' AND tags.`mlflow.parentRunId` IS NULL",
    order_by: ['metrics.ndcg_at_10 DESC'],
    max_results: 10,
  })
  const protocol = runs[0]?.data.tags?.find((tag) => tag.key === EVALUATION_TAGS.protocol)?.value
  const header = `  ${'model'.padEnd(22)} ${'Precision@10'.padEnd(26)} ${'Recall@10'.padEnd(26)} NDCG@10`
  const rows = runs.map(
    (run) =>
      `  ${(run.info.run_name ?? run.info.run_id).padEnd(22)} ${withInterval(run, 'precision_at_10').padEnd(26)} ${withInterval(run, 'recall_at_10').padEnd(26)} ${withInterval(run, 'ndcg_at_10')}`,
  )
  return [`Leaderboard under ${protocol ?? 'its protocol'} (95 % intervals over users)`, header, ...rows]
}

function withInterval(run: Run, key: string): string {
  const value = (name: string) => run.data.metrics?.find((metric) => metric.key === name)?.value
  const [mean, low, high] = [value(key), value(`${key}_ci_low`), value(`${key}_ci_high`)]
  if (typeof mean !== 'number') return '–'
  return typeof low === 'number' && typeof high === 'number'
    ? `${mean.toFixed(4)} (${low.toFixed(4)}–${high.toFixed(4)})`
    : mean.toFixed(4)
}

export const links = (server: string) => [
  `Dashboard     ${server}/`,
  `Movie client  ${server}/movies/`,
  `API           ${server}/docs`,
  `Python        MLFLOW_TRACKING_URI=${server} python train.py`,
]
