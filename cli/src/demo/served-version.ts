import { DEMO_ENDPOINT, DEMO_MODEL } from '@cairn/pipelines/tasks/demo-job'
import { ListPromotions } from '@cairn/platform/protocol/cairn/promotions'
import type { Client } from '@cairn/platform/protocol/client'
import { GetServingEndpoint } from '@cairn/platform/protocol/databricks/serving-endpoints'
import { GetModelVersion } from '@cairn/platform/protocol/mlflow/model-versions'
import { GetRun } from '@cairn/platform/protocol/mlflow/runs'

export interface ServedVersion {
  readonly version: string
  readonly runId: string
  /** The name of its run. */
  readonly title: string
}

/** @param known is returned if the endpoint still serves it. @returns undefined while the endpoint serves nothing */
export async function findServed(call: Client, known?: ServedVersion): Promise<ServedVersion | undefined> {
  const { state, config } = await call(GetServingEndpoint, { name: DEMO_ENDPOINT })
  const version = config?.served_entities[0]?.entity_version
  if (state.ready !== 'READY' || !version) return undefined
  if (version === known?.version) return known
  const { model_version } = await call(GetModelVersion, { name: DEMO_MODEL, version })
  const runId = model_version.run_id ?? ''
  const { run } = await call(GetRun, { run_id: runId })
  return { version, runId, title: run.info.run_name ?? runId }
}

/** The figures with which the gate let the version pass. */
export async function promotionReason(call: Client, { version }: ServedVersion): Promise<string> {
  const { promotions } = await call(ListPromotions, { name: DEMO_MODEL })
  const promotion = promotions.find((one) => one.version === version && one.verdict !== 'failed')
  return promotion?.checks.find(({ name }) => name === 'better')?.detail ?? ''
}
