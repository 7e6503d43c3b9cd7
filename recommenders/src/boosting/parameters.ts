import { invalid } from '@cairn/platform/errors'
import Type, { type Static } from 'typebox'
import Value from 'typebox/value'

const share = (description: string) =>
  Type.Number({ default: 1, exclusiveMinimum: 0, maximum: 1, description })

const atLeast = (minimum: number, initial: number, description: string) =>
  Type.Number({ default: initial, minimum, description })

/** Names, meaning and defaults are XGBoost's; there, `num_boost_round` and `early_stopping_rounds` are arguments of `train`. */
export const BoosterParams = Type.Object(
  {
    objective: Type.Union(
      [
        Type.Literal('binary:logistic'),
        Type.Literal('reg:squarederror'),
        Type.Literal('multi:softprob'),
        Type.Literal('rank:ndcg'),
      ],
      { default: 'binary:logistic', description: 'Loss to minimize' },
    ),
    num_class: Type.Integer({
      default: 0,
      minimum: 0,
      maximum: 1000,
      description: 'Number of classes of multi:softprob',
    }),
    num_boost_round: Type.Integer({
      default: 100,
      minimum: 1,
      maximum: 100_000,
      description: 'Boosting rounds; each adds one tree, or one per class',
    }),
    eta: Type.Number({
      default: 0.3,
      exclusiveMinimum: 0,
      maximum: 1,
      description:
        'Learning rate: the output of each tree is multiplied by it. Smaller values need more rounds',
    }),
    grow_policy: Type.Union([Type.Literal('depthwise'), Type.Literal('lossguide')], {
      default: 'depthwise',
      description: 'Split level by level, or the leaf with the largest gain first',
    }),
    max_depth: Type.Integer({
      default: 6,
      minimum: 0,
      maximum: 30,
      description: 'Maximum depth of a tree; 0 means no limit',
    }),
    max_leaves: Type.Integer({
      default: 0,
      minimum: 0,
      maximum: 1 << 20,
      description: 'Maximum number of leaves of a tree; 0 means no limit',
    }),
    max_bin: Type.Integer({
      default: 256,
      minimum: 2,
      maximum: 256,
      description: 'Maximum number of bins of a feature; missing values take one of 256',
    }),
    min_child_weight: atLeast(0, 1, 'Minimum sum of hessians in a child'),
    lambda: atLeast(0, 1, 'L2 penalty on leaf values'),
    alpha: atLeast(0, 0, 'L1 penalty on leaf values'),
    gamma: atLeast(0, 0, 'Minimum gain of a split'),
    max_delta_step: atLeast(0, 0, 'Maximum absolute leaf value before eta; 0 means no limit'),
    subsample: share('Share of the rows that each tree is trained on'),
    colsample_bytree: share('Share of the features that each tree may use'),
    colsample_bylevel: share('Share of the tree’s features that each level may use'),
    colsample_bynode: share('Share of the level’s features that each node may use'),
    monotone_constraints: Type.Array(Type.Union([Type.Literal(-1), Type.Literal(0), Type.Literal(1)]), {
      default: [],
      description: 'Per feature 1 (increasing), -1 (decreasing) or 0; no constraints when empty',
    }),
    base_score: Type.Union([Type.Null(), Type.Number()], {
      default: null,
      description:
        'Initial prediction, a probability for binary:logistic; estimated from the labels when null',
    }),
    eval_metric: Type.String({
      default: '',
      pattern: '^(|logloss|rmse|mlogloss|auc|ndcg|ndcg@[1-9][0-9]*)$',
      description: 'logloss, rmse, mlogloss, auc, ndcg or ndcg@k; that of the objective when empty',
    }),
    early_stopping_rounds: Type.Integer({
      default: 0,
      minimum: 0,
      description: 'Stop after this many rounds without a better metric and keep the best; 0 disables it',
    }),
    lambdarank_pair_method: Type.Literal('topk', {
      default: 'topk',
      description: 'Pairs of rank:ndcg: one of the two is among the top ranks',
    }),
    lambdarank_num_pair_per_sample: Type.Integer({
      default: 32,
      minimum: 1,
      description: 'Number of top ranks that form pairs, and the cut-off of NDCG',
    }),
    lambdarank_normalization: Type.Boolean({
      default: true,
      description: 'Normalize the gradients of a group by their sum',
    }),
    lambdarank_score_normalization: Type.Boolean({
      default: true,
      description: 'Divide the gradient of a pair by the difference of its scores',
    }),
    ndcg_exp_gain: Type.Boolean({
      default: true,
      description: 'Gain 2^label - 1; the label itself when false',
    }),
    seed: Type.Integer({ default: 0, description: 'Seed of all sampling; equal seeds give equal models' }),
  },
  { additionalProperties: false },
)
export type BoosterParams = Static<typeof BoosterParams>

/** Fills in defaults and validates. Throws INVALID_PARAMETER_VALUE naming the parameter. */
export function resolveBoosterParams(overrides: Partial<BoosterParams> = {}): BoosterParams {
  const params = { ...Value.Create(BoosterParams), ...overrides }
  const [error] = Value.Errors(BoosterParams, params)
  if (error) throw parameterError(error.instancePath.slice(1), error.message)
  const conflict = findConflict(params)
  if (conflict) throw parameterError(...conflict)
  return params
}

const parameterError = (name: string, message: string) => invalid(`XGBoost parameter '${name}' ${message}`)

function findConflict(params: BoosterParams): [string, string] | undefined {
  const { objective, num_class, max_depth, max_leaves, base_score } = params
  if (objective === 'multi:softprob' && num_class < 2)
    return ['num_class', `must be at least 2 for multi:softprob, not ${num_class}`]
  if (objective !== 'multi:softprob' && num_class > 1)
    return ['num_class', `applies to multi:softprob, not to ${objective}`]
  if (max_depth === 0 && max_leaves === 0) return ['max_depth', 'and max_leaves cannot both be 0']
  if (objective === 'binary:logistic' && base_score !== null && !(base_score > 0 && base_score < 1))
    return ['base_score', `must be between 0 and 1, not ${base_score}`]
  return undefined
}

/** Number of trees per round. */
export const outputsOf = ({ objective, num_class }: BoosterParams) =>
  objective === 'multi:softprob' ? num_class : 1
