import { invalid } from '@cairn/platform/errors'
import Type, { type Static } from 'typebox'
import Value from 'typebox/value'

const share = (description: string) =>
  Type.Number({ default: 1, exclusiveMinimum: 0, maximum: 1, description })

const atLeast = (minimum: number, initial: number, description: string) =>
  Type.Number({ default: initial, minimum, description })

/** Names, meaning and defaults are XGBoost's; `num_boost_round` and `early_stopping_rounds` are arguments of its `train`. */
export const BoosterParams = Type.Object(
  {
    objective: Type.Union(
      [
        Type.Literal('binary:logistic'),
        Type.Literal('reg:squarederror'),
        Type.Literal('multi:softprob'),
        Type.Literal('rank:ndcg'),
      ],
      { default: 'binary:logistic', description: 'The loss that is minimized' },
    ),
    num_class: Type.Integer({
      default: 0,
      minimum: 0,
      maximum: 1000,
      description: 'Classes of multi:softprob',
    }),
    num_boost_round: Type.Integer({
      default: 100,
      minimum: 1,
      maximum: 100_000,
      description: 'Rounds of boosting; each adds one tree, or one for every class',
    }),
    eta: Type.Number({
      default: 0.3,
      exclusiveMinimum: 0,
      maximum: 1,
      description: 'Learning rate: what each tree adds is multiplied by it. Smaller needs more rounds',
    }),
    grow_policy: Type.Union([Type.Literal('depthwise'), Type.Literal('lossguide')], {
      default: 'depthwise',
      description: 'Split level by level, or whichever leaf gains most',
    }),
    max_depth: Type.Integer({
      default: 6,
      minimum: 0,
      maximum: 30,
      description: 'Depth of a tree; 0 for no limit',
    }),
    max_leaves: Type.Integer({
      default: 0,
      minimum: 0,
      maximum: 1 << 20,
      description: 'Leaves of a tree; 0 for no limit',
    }),
    max_bin: Type.Integer({
      default: 256,
      minimum: 2,
      maximum: 256,
      description: 'Bins a feature is cut into; missing values take one of 256',
    }),
    min_child_weight: atLeast(0, 1, 'Least sum of hessians in a child'),
    lambda: atLeast(0, 1, 'L2 penalty on leaf values'),
    alpha: atLeast(0, 0, 'L1 penalty on leaf values'),
    gamma: atLeast(0, 0, 'Least gain of a split'),
    max_delta_step: atLeast(0, 0, 'Bound of a leaf value before eta; 0 for none'),
    subsample: share('Share of the rows that each tree sees'),
    colsample_bytree: share('Share of the features that each tree may use'),
    colsample_bylevel: share('Share of these that each level may use'),
    colsample_bynode: share('Share of these that each node may use'),
    monotone_constraints: Type.Array(Type.Union([Type.Literal(-1), Type.Literal(0), Type.Literal(1)]), {
      default: [],
      description: 'For each feature 1 (rising), -1 (falling) or 0; none when empty',
    }),
    base_score: Type.Union([Type.Null(), Type.Number()], {
      default: null,
      description:
        'Prediction to start from, a probability for binary:logistic; estimated from the labels when null',
    }),
    eval_metric: Type.String({
      default: '',
      pattern: '^(|logloss|rmse|mlogloss|auc|ndcg|ndcg@[1-9][0-9]*)$',
      description: 'logloss, rmse, mlogloss, auc, ndcg or ndcg@k; the objective’s own when empty',
    }),
    early_stopping_rounds: Type.Integer({
      default: 0,
      minimum: 0,
      description: 'Stop after so many rounds without a better metric and keep the best; 0 for never',
    }),
    lambdarank_pair_method: Type.Literal('topk', {
      default: 'topk',
      description: 'Pairs of rank:ndcg: one of the two is among the first of the ranking',
    }),
    lambdarank_num_pair_per_sample: Type.Integer({
      default: 32,
      minimum: 1,
      description: 'How many of the ranking count as its first, and what NDCG is cut at',
    }),
    lambdarank_normalization: Type.Boolean({
      default: true,
      description: 'Divide the gradients of a group by how large they are together',
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

/** Fills in defaults; throws INVALID_PARAMETER_VALUE that names the parameter. */
export function boosterParams(given: Partial<BoosterParams> = {}): BoosterParams {
  const params = { ...Value.Create(BoosterParams), ...given }
  const [error] = Value.Errors(BoosterParams, params)
  if (error) throw refused(error.instancePath.slice(1), error.message)
  const wrong = contradiction(params)
  if (wrong) throw refused(...wrong)
  return params
}

const refused = (name: string, message: string) => invalid(`XGBoost parameter '${name}' ${message}`)

function contradiction(params: BoosterParams): [string, string] | undefined {
  const { objective, num_class, max_depth, max_leaves, base_score } = params
  if (objective === 'multi:softprob' && num_class < 2)
    return ['num_class', `must be at least 2 for multi:softprob, not ${num_class}`]
  if (objective !== 'multi:softprob' && num_class > 1)
    return ['num_class', `is of multi:softprob, not ${objective}`]
  if (max_depth === 0 && max_leaves === 0) return ['max_depth', 'and max_leaves cannot both be 0']
  if (objective === 'binary:logistic' && base_score !== null && !(base_score > 0 && base_score < 1))
    return ['base_score', `must lie between 0 and 1, not ${base_score}`]
  return undefined
}

/** Trees a round adds. */
export const outputsOf = ({ objective, num_class }: BoosterParams) =>
  objective === 'multi:softprob' ? num_class : 1
