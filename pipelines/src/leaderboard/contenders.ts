import { randomStream } from '@cairn/platform/statistics/random'
import { hashId } from '@cairn/recommenders/data/hash'
import { getRecipe } from '@cairn/recommenders/models/kinds'
import { fitRatingBias } from '@cairn/recommenders/models/rating-bias'
import type { Recipe } from '@cairn/recommenders/recipe'
import Type from 'typebox'

/** A model to measure: a recipe, or a reference model that is never served. */
export type Contender = Pick<Recipe, 'kind' | 'title' | 'parameters' | 'caution' | 'fit'>

/** Models that show how much of a metric is due to the protocol. */
const REFERENCE_MODELS: readonly Contender[] = [
  {
    kind: 'random',
    title: 'Random order',
    parameters: Type.Object({}),
    async fit({ train }) {
      return {
        async score({ users: ids }, users, into) {
          const items = train.items.size
          for (const [row, user] of users.entries()) {
            const random = randomStream(hashId(ids.at(user)))
            for (let item = 0; item < items; item++) into[row * items + item] = random()
          }
        },
      }
    },
  },
  {
    kind: 'rating-bias',
    title: 'Item + user bias',
    parameters: Type.Object({}),
    fit: async ({ train }) => fitRatingBias(train),
  },
]

export const referenceKinds = REFERENCE_MODELS.map(({ kind }) => kind)

/** @throws RESOURCE_DOES_NOT_EXIST listing the known kinds */
export async function getContender(kind: string): Promise<Contender> {
  return REFERENCE_MODELS.find((one) => one.kind === kind) ?? getRecipe(kind)
}
