import Type, { type Static } from 'typebox'

/** Of the second stage; names and meaning are XGBoost's. */
export const SecondStage = {
  num_boost_round: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: 10_000,
    description: 'Trees of the second stage; 0 for one for every 60 held-out events, 30 to 200 of them',
  }),
  eta: Type.Number({
    default: 0.1,
    exclusiveMinimum: 0,
    maximum: 1,
    description: 'What each tree adds is multiplied by it',
  }),
  max_depth: Type.Integer({ default: 6, minimum: 1, maximum: 30, description: 'Depth of a tree' }),
  min_child_weight: Type.Number({ default: 100, minimum: 0, description: 'Least sum of hessians in a leaf' }),
  subsample: Type.Number({
    default: 0.8,
    exclusiveMinimum: 0,
    maximum: 1,
    description: 'Share of the rows that each tree sees',
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
    description: 'How many of a ranking count as its first: each is paired with all below it',
  }),
  engine: Type.Union([Type.Literal('built-in'), Type.Literal('libxgboost')], {
    default: 'built-in',
    description: "Who trains the trees: the trainer here, or XGBoost's own library where it is found",
  }),
  early_stopping_rounds: Type.Integer({
    default: 0,
    minimum: 0,
    description: 'Stop after so many trees without a better NDCG on a tenth of the users; 0 for never',
  }),
}

/** What is asked to learn from. */
export const Questions = {
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
    description: 'Last events of each user to learn from; 0 for as many as make some 18,000, at most 5',
  }),
  negatives: Type.Integer({
    default: 20,
    minimum: 1,
    maximum: 10_000,
    description: 'Candidates beside the right one that are kept of each question',
  }),
  seed: Type.Integer({ default: 42, description: 'Of all sampling; equal seeds give equal models' }),
}

export const FirstStageMembers = {
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
      'Kinds that are not fitted again on everything: the fit without the held-out events answers too. For what takes long',
  }),
  member_parameters: Type.Record(Type.String(), Type.Record(Type.String(), Type.Unknown()), {
    default: {},
    description: 'By kind: what differs from its defaults',
  }),
}

/** The defaults suit from 600 users to some 10,000; see `docs/` for what was measured. */
export const TwoStageParameters = Type.Object(
  { ...FirstStageMembers, ...Questions, ...SecondStage },
  { additionalProperties: false },
)
export type TwoStageParameters = Static<typeof TwoStageParameters>
