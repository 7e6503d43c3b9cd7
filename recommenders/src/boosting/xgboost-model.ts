import { evenIterations, type Objective, type Tree, type XgboostModel } from '@cairn/flavors/xgboost/model'
import { type BoosterData, baseScores } from './booster-data.js'
import { type BoosterParams, outputsOf } from './parameters.js'
import type { GrownTree } from './tree.js'

/** Builds the model that XGBoost 3.2 would write. */
export function toXgboostModel(
  data: BoosterData,
  params: BoosterParams,
  trees: readonly GrownTree[],
): XgboostModel {
  const outputs = outputsOf(params)
  return {
    version: [3, 2, 0],
    features: data.features,
    featureNames: data.names ?? [],
    featureTypes: data.names ? data.names.map(() => 'float') : [],
    classes: params.num_class > 1 ? params.num_class : 0,
    targets: 1,
    baseScore: Float32Array.from(baseScores(data, params).scores),
    boostFromAverage: params.base_score === null,
    objective: objectiveOf(params),
    attributes: {},
    booster: {
      kind: 'gbtree',
      trees: trees.map(treeOf),
      treeGroups: Int32Array.from(trees, (_, at) => at % outputs),
      iterationOffsets: evenIterations(trees.length, outputs),
      parallelTrees: 1,
    },
  }
}

function treeOf(tree: GrownTree): Tree {
  return {
    leftChildren: Int32Array.from(tree.left),
    rightChildren: Int32Array.from(tree.right),
    parents: Int32Array.from(tree.parent),
    splitFeatures: Int32Array.from(tree.feature),
    splitConditions: Float32Array.from(tree.condition),
    defaultLeft: Uint8Array.from(tree.defaultLeft),
    lossChanges: Float32Array.from(tree.gain),
    sumHessians: Float32Array.from(tree.hessian),
    baseWeights: Float32Array.from(tree.weight),
  }
}

function objectiveOf(params: BoosterParams): Objective {
  const name = params.objective
  if (name === 'multi:softprob')
    return { name, parameters: { softmax_multiclass_param: { num_class: String(params.num_class) } } }
  if (name !== 'rank:ndcg') return { name, parameters: { reg_loss_param: { scale_pos_weight: '1' } } }
  const flag = (value: boolean) => (value ? '1' : '0')
  return {
    name,
    parameters: {
      lambdarank_param: {
        lambdarank_bias_norm: '1',
        lambdarank_normalization: flag(params.lambdarank_normalization),
        lambdarank_num_pair_per_sample: String(params.lambdarank_num_pair_per_sample),
        lambdarank_pair_method: params.lambdarank_pair_method,
        lambdarank_score_normalization: flag(params.lambdarank_score_normalization),
        lambdarank_unbiased: '0',
        ndcg_exp_gain: flag(params.ndcg_exp_gain),
      },
    },
  }
}
