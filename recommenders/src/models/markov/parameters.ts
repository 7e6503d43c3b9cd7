import Type, { type Static } from 'typebox'

/** The defaults are those of the results in `docs/`: three steps with weights set by hand, not tuned. */
export const MarkovParameters = Type.Object(
  {
    window: Type.Integer({
      default: 3,
      minimum: 1,
      maximum: 100,
      description: 'How many events after an item count as following it, the k-th with weight 1/k',
    }),
    smoothing: Type.Number({
      default: 20,
      minimum: 0,
      description:
        'Added to the denominator of each transition; higher values discount transitions from rare items',
    }),
    lag_weights: Type.Array(Type.Number(), {
      default: [1, 0.7, 0.5],
      minItems: 1,
      maxItems: 1000,
      description: 'Weights of the last item of a history, the second to last and so on',
    }),
  },
  { additionalProperties: false },
)
export type MarkovParameters = Static<typeof MarkovParameters>
