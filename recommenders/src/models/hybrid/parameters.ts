import Type, { type Static } from 'typebox'
import { TwoStageParameters } from '../two-stage/parameters.js'

/** The parameters of the two-stage ranker; weighted sums use only those of the members. */
export const HybridParameters = Type.Object(
  {
    ...TwoStageParameters.properties,
    method: Type.Union([Type.Literal('stacked'), Type.Literal('z-score'), Type.Literal('reciprocal-rank')], {
      default: 'stacked',
      description:
        'stacked: boosted trees rank the candidates of all members by their scores. z-score, reciprocal-rank: a ' +
        'weighted sum with weights chosen on the last training event of each user',
    }),
    members: Type.Array(Type.String(), {
      default: ['ease', 'ials', 'markov', 'bert4rec'],
      minItems: 1,
      maxItems: 20,
      description: 'Kinds of the models to combine',
    }),
  },
  { additionalProperties: false },
)
export type HybridParameters = Static<typeof HybridParameters>
