import Type, { type Static } from 'typebox'
import { TwoStageParameters } from '../two-stage/parameters.js'

/** Those of the two-stage ranker, of which a fusion needs the members only. */
export const HybridParameters = Type.Object(
  {
    ...TwoStageParameters.properties,
    method: Type.Union([Type.Literal('stacked'), Type.Literal('z-score'), Type.Literal('reciprocal-rank')], {
      default: 'stacked',
      description:
        'stacked: boosted trees rank the candidates of all members by what these say. z-score, reciprocal-rank: a ' +
        'weighted sum, its weights chosen on the last event of each user in the training part',
    }),
    members: Type.Array(Type.String(), {
      default: ['ease', 'ials', 'markov', 'bert4rec'],
      minItems: 1,
      maxItems: 20,
      description: 'Kinds of the models that are put together',
    }),
  },
  { additionalProperties: false },
)
export type HybridParameters = Static<typeof HybridParameters>
