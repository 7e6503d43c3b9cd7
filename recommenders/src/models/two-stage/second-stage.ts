import type { Feature } from '@cairn/flavors/two-stage/plan'
import type { XgboostModel } from '@cairn/flavors/xgboost/model'
import { invalid } from '@cairn/platform/errors'
import { type BoosterStep, trainBooster } from '../../boosting/train.js'
import type { TwoStageParameters } from './parameters.js'
import { keepRows, type TrainingRows } from './training-rows.js'

/** The minimum number of query groups; fewer do not improve on the first stage. */
const MIN_GROUPS = 20
/** Every n-th group is held out for early stopping. */
const EVALUATION_INTERVAL = 10

export interface BoostingOptions {
  readonly threads?: number | undefined
  readonly signal?: AbortSignal | undefined
  readonly onTree?: (step: BoosterStep) => void | Promise<void>
}

/** Trains trees that rank the target of each group before its other candidates: LambdaMART, as XGBoost's rank:ndcg. */
export async function trainRankingTrees(
  rows: TrainingRows,
  features: readonly Feature[],
  parameters: TwoStageParameters,
  { threads, signal, onTree }: BoostingOptions = {},
): Promise<XgboostModel> {
  if (rows.groups.length < MIN_GROUPS)
    throw invalid(
      `two-stage: only ${rows.groups.length} of ${rows.groups.length + rows.missed} held-out events are among the candidates; ` +
        `training takes at least ${MIN_GROUPS}. Use more data or a larger 'depth'`,
    )
  const { early_stopping_rounds: patience, engine } = parameters
  const data = (part: TrainingRows) => ({
    rows: part.features,
    features: features.length,
    names: features.map(({ name }) => name),
    labels: part.labels,
    groups: part.groups,
  })
  const measures = (group: number) => patience > 0 && group % EVALUATION_INTERVAL === 0
  return trainBooster(
    data(patience > 0 ? keepGroups(rows, (group) => !measures(group)) : rows),
    boosterOf(parameters),
    {
      engine,
      ...(threads !== undefined && { threads }),
      ...(signal && { signal }),
      ...(onTree && { onTree }),
      ...(patience > 0 && { evaluation: data(keepGroups(rows, measures)) }),
    },
  )
}

const boosterOf = (parameters: TwoStageParameters) => ({
  objective: 'rank:ndcg' as const,
  eval_metric: 'ndcg@10',
  num_boost_round: parameters.num_boost_round,
  eta: parameters.eta,
  max_depth: parameters.max_depth,
  min_child_weight: parameters.min_child_weight,
  subsample: parameters.subsample,
  colsample_bytree: parameters.colsample_bytree,
  lambdarank_num_pair_per_sample: parameters.lambdarank_num_pair_per_sample,
  early_stopping_rounds: parameters.early_stopping_rounds,
  seed: parameters.seed,
})

function keepGroups(rows: TrainingRows, keeps: (group: number) => boolean): TrainingRows {
  const groupOf = new Int32Array(rows.labels.length)
  let at = 0
  for (const [group, size] of rows.groups.entries()) {
    groupOf.fill(group, at, at + size)
    at += size
  }
  return keepRows(rows, (row) => keeps(groupOf[row]!))
}
