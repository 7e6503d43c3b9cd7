import { EVALUATION_TAGS } from '@cairn/platform/protocol/mlflow/evaluation'
import { BASELINES } from '@cairn/recommenders/models/kinds'
import type { TrackingClient } from '@cairn/sdk/tracking'
import { MODEL_KIND_TAG } from './tracking.js'

/** The tag of baseline runs, by which later training tasks find them. */
export const BASELINE_TAG = 'cairn.baseline'

export const isBaseline = (kind: string) => BASELINES.includes(kind)

/** Lists the baselines that `trainRecipe` measures first: those without a finished run on the same data and protocol. */
export async function missingBaselines(
  { runs }: TrackingClient,
  experimentId: string,
  { kind, digest, protocol }: { kind: string; digest: string; protocol: string },
): Promise<string[]> {
  if (isBaseline(kind)) return []
  const conditions = [
    "attributes.status = 'FINISHED'",
    `tags.\`${EVALUATION_TAGS.dataDigest}\` = '${digest}'`,
    `tags.\`${EVALUATION_TAGS.protocol}\` = '${protocol}'`,
    `tags.\`${BASELINE_TAG}\` = 'true'`,
  ]
  const measured = new Set<string | undefined>()
  for await (const { data } of runs.search({
    experiment_ids: [experimentId],
    filter: conditions.join(' AND '),
  }))
    measured.add(data.tags?.find((tag) => tag.key === MODEL_KIND_TAG)?.value)
  return BASELINES.filter((baseline) => !measured.has(baseline))
}
