import Type, { type Static } from 'typebox'

/** Parameters of the second stage; names and meaning are XGBoost's. */
export const SecondStageParameters = {
  num_boost_round: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: 10_000,
    description: 'Number of trees; 0 means one per 60 held-out events, between 30 and 200',
  }),
  eta: Type.Number({
    default: 0.1,
    exclusiveMinimum: 0,
    maximum: 1,
    description: 'Learning rate: the output of each tree is multiplied by it',
  }),
  max_depth: Type.Integer({ default: 6, minimum: 1, maximum: 30, description: 'Maximum depth of a tree' }),
  min_child_weight: Type.Number({
    default: 100,
    minimum: 0,
    description: 'Minimum sum of hessians in a leaf',
  }),
  subsample: Type.Number({
    default: 0.8,
    exclusiveMinimum: 0,
    maximum: 1,
    description: 'Share of the rows that each tree is trained on',
  }),
  colsample_bytree: Type.Number({
    default: 1,
    exclusiveMinimum: 0,
    maximum: 1,
    description: 'Share of the features that each tree may use',
  }),
  lambdarank_num_pair_per_sample: Type.Integer({
    default: 10,
    minimum: 1,
    description: 'Top ranks that form pairs: each is paired with all lower ranks',
  }),
  engine: Type.Union([Type.Literal('built-in'), Type.Literal('libxgboost')], {
    default: 'built-in',
    description: "Trainer of the trees: built in, or XGBoost's own library if installed",
  }),
  early_stopping_rounds: Type.Integer({
    default: 0,
    minimum: 0,
    description: 'Stop after this many trees without a better NDCG on a tenth of the users; 0 disables it',
  }),
}

/** Parameters of the queries that the second stage is trained on. */
export const SamplingParameters = {
  depth: Type.Integer({
    default: 100,
    minimum: 1,
    maximum: 10_000,
    description: 'Candidates that each member of the first stage proposes',
  }),
  positions: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: 100,
    description: 'Last events of each user to train on; 0 means enough for about 18,000 in total, at most 5',
  }),
  negatives: Type.Integer({
    default: 20,
    minimum: 1,
    maximum: 10_000,
    description: 'Candidates kept per query in addition to the target',
  }),
  seed: Type.Integer({ default: 42, description: 'Seed of all sampling; equal seeds give equal models' }),
}

export const FirstStageParameters = {
  members: Type.Array(Type.String(), {
    default: ['ease', 'ials', 'markov'],
    minItems: 1,
    maxItems: 20,
    description: 'Kinds of the models that propose candidates',
  }),
  reuse: Type.Array(Type.String(), {
    default: ['bert4rec', 'sasrec'],
    maxItems: 20,
    description:
      'Kinds that are not fitted again on all events: the fit without the held-out events is served. For slow models',
  }),
  member_parameters: Type.Record(Type.String(), Type.Record(Type.String(), Type.Unknown()), {
    default: {},
    description: 'Parameters by kind that override its defaults',
  }),
}

/** The defaults suit data of 600 to about 10,000 users; see `docs/` for the measurements. */
export const TwoStageParameters = Type.Object(
  { ...FirstStageParameters, ...SamplingParameters, ...SecondStageParameters },
  { additionalProperties: false },
)
export type TwoStageParameters = Static<typeof TwoStageParameters>
