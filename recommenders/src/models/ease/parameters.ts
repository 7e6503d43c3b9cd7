import Type, { type Static } from 'typebox'

export const EaseParameters = Type.Object(
  {
    regularization: Type.Number({
      default: 200,
      exclusiveMinimum: 0,
      description:
        'L2 penalty λ on the weights; larger data need more: 200 suits a million ratings. Try 20 to 1000',
    }),
    weights_per_item: Type.Integer({
      default: 1000,
      minimum: 0,
      description:
        'How many weights of largest magnitude are kept per item, at 8 bytes each; 0, or half of the items, keeps all, ' +
        'at 4 bytes each. If users² is smaller, a users × users matrix is kept instead, which loses nothing',
    }),
  },
  { additionalProperties: false },
)
export type EaseParameters = Static<typeof EaseParameters>
