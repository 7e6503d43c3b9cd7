import Type, { type Static } from 'typebox'

export const ItemKnnParameters = Type.Object(
  {
    neighbours: Type.Integer({
      default: 20,
      minimum: 1,
      maximum: 10_000,
      description: 'How many of the most similar items speak for an item',
    }),
    shrink: Type.Number({
      default: 0,
      minimum: 0,
      description: 'Added to what co-occurrence is divided by: more distrusts items that few have',
    }),
  },
  { additionalProperties: false },
)
export type ItemKnnParameters = Static<typeof ItemKnnParameters>
