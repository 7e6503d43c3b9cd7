import type { Db } from '@cairn/platform/db/db'
import type { RunDigest } from '@cairn/platform/protocol/cairn/imports'
import { RunDigester } from '@cairn/platform/protocol/cairn/run-digest'
import type { GetMetricHistory } from '@cairn/platform/protocol/mlflow/metrics'
import type { Run } from '@cairn/platform/protocol/mlflow/runs'
import type { Output } from '@cairn/platform/protocol/operation'
import { MetricHistory } from '../metrics/history.js'
import { findRun } from '../runs/read-runs.js'
import type { TrackingSchema } from '../schema.js'

/** Number of points per page; other requests are served between pages. */
const PAGE = 5000

/** Digests runs in the order of the ids; runs that do not exist are skipped. */
export async function digestRuns(db: Db<TrackingSchema>, runIds: readonly string[]): Promise<RunDigest[]> {
  const digests: RunDigest[] = []
  for (const id of new Set(runIds)) {
    const run = await findRun(db, id)
    if (run) digests.push(await digestRun(db, run))
  }
  return digests
}

async function digestRun(db: Db<TrackingSchema>, { info, data, inputs, outputs }: Run): Promise<RunDigest> {
  const digester = new RunDigester(info)
    .params(data.params)
    .tags(data.tags)
    .inputs(inputs.dataset_inputs, inputs.model_inputs, outputs?.model_outputs)
  for (const { key } of data.metrics ?? [])
    for await (const points of history(db, info.run_id, key)) digester.metrics(points)
  return digester.result(info.run_id)
}

async function* history(db: Db<TrackingSchema>, run_id: string, metric_key: string) {
  const histories = new MetricHistory(db)
  for (let token: string | undefined; ; ) {
    const page: Output<typeof GetMetricHistory> = await histories.page({
      run_id,
      metric_key,
      max_results: PAGE,
      ...(token && { page_token: token }),
    })
    yield page.metrics ?? []
    token = page.next_page_token
    if (!token) return
    await new Promise(setImmediate)
  }
}
