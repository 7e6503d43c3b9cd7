import type { Db } from '@cairn/platform/db/db'
import type { RunDigest } from '@cairn/platform/protocol/imports'
import type { GetMetricHistory } from '@cairn/platform/protocol/metrics'
import type { Output } from '@cairn/platform/protocol/operation'
import { RunDigester } from '@cairn/platform/protocol/run-digest'
import { MetricHistory } from '../metrics/history.js'
import { readRuns } from '../runs/data.js'
import type { RunRow, TrackingSchema } from '../schema.js'

/** Points read at a time: other requests get their turn between. */
const PAGE = 5000

/** In the order of the ids; runs that do not exist are left out. */
export async function digestRuns(db: Db<TrackingSchema>, runIds: readonly string[]): Promise<RunDigest[]> {
  const rows = await db.read
    .selectFrom('runs')
    .selectAll()
    .where('run_id', 'in', [...runIds])
    .execute()
  const byId = new Map(rows.map((row) => [row.run_id, row]))
  const digests: RunDigest[] = []
  for (const id of new Set(runIds)) {
    const row = byId.get(id)
    if (row) digests.push(await digestRun(db, row))
  }
  return digests
}

async function digestRun(db: Db<TrackingSchema>, row: RunRow): Promise<RunDigest> {
  const [run] = await readRuns(db, [row])
  const { data, inputs, outputs, info } = run!
  const digester = new RunDigester(info)
    .params(data.params)
    .tags(data.tags)
    .inputs(inputs.dataset_inputs, inputs.model_inputs, outputs?.model_outputs)
  for (const { key } of data.metrics ?? [])
    for await (const points of history(db, row.run_id, key)) digester.metrics(points)
  return digester.result(row.run_id)
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
