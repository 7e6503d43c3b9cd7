import { HttpTransport } from '@cairn/sdk/http'
import { TrackingClient } from '@cairn/sdk/tracking'
import type { RunRecord } from '@cairn/sdk/wire'
import { TASK_RUN_TAG } from '../../run-tags.js'

export const MODEL_KIND_TAG = 'cairn.model_kind'

/** The SDK over HTTP, as in any training script, with the token of this attempt. */
export const trackingClient = ({ server }: { server: { url: string; token: string } }) =>
  new TrackingClient(new HttpTransport({ baseUrl: server.url, token: server.token }))

/**
 * Finds the run of a model kind that an earlier attempt of this task finished. Deletes unfinished runs of earlier
 * attempts.
 */
export async function findFinished(
  tracking: TrackingClient,
  experimentId: string,
  taskRunId: number,
  kind: string,
): Promise<RunRecord | undefined> {
  const filter = `tags.\`${TASK_RUN_TAG}\` = '${taskRunId}' AND tags.\`${MODEL_KIND_TAG}\` = '${kind}'`
  for await (const run of tracking.runs.search({ experiment_ids: [experimentId], filter })) {
    if (run.info.status === 'FINISHED') return run
    await discard(tracking, run)
  }
  return undefined
}

async function discard(tracking: TrackingClient, { info }: RunRecord) {
  const models = tracking.loggedModels.search({
    experiment_ids: [info.experiment_id],
    filter: `source_run_id = '${info.run_id}'`,
  })
  for await (const model of models) await tracking.loggedModels.delete(model.info.model_id)
  await tracking.runs.update(info.run_id, { status: 'KILLED', end_time: Date.now() })
  await tracking.runs.delete(info.run_id)
}
