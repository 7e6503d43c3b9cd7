import { randomStream } from '@cairn/platform/statistics/random'
import { buildInteractions } from '../../../data/interactions.js'
import { split } from '../../../evaluation/splits/split.js'
import { resolveParameters } from '../../../recipe.js'
import { twoStage } from '../recipe.js'

export const USERS = 120
export const ITEMS = 90

/** Two groups of users with different tastes; after an item users often take its neighbour. */
function createWorld(seed = 5) {
  const random = randomStream(seed)
  const columns = { users: [] as number[], items: [] as number[], times: [] as number[] }
  for (let user = 0; user < USERS; user++) {
    const left = new Set(Array.from({ length: ITEMS }, (_, item) => item))
    let item = Math.floor(random() * ITEMS)
    for (let step = 0; step < 14; step++) {
      columns.users.push(user)
      columns.items.push(item)
      columns.times.push(step)
      left.delete(item)
      const next = (item + 2) % ITEMS
      const taste = [...left].filter((one) => one % 2 === user % 2)
      item = random() < 0.5 && left.has(next) ? next : taste[Math.floor(random() ** 2 * taste.length)]!
    }
  }
  return buildInteractions(columns, 'row')
}

export const world = createWorld()
export const looSplit = split('loo.v1', world)
const genres = world.items.ids.map((item) => (Number(item) % 2 ? 'Odd' : 'Even|Whole'))
const years = Float64Array.from(world.items.ids, (item) => (item === 7 ? Number.NaN : 1950 + Number(item)))
export const data = { train: looSplit.test.train, facts: { genres, years } }
/** Parameters that are fast to fit. */
export const quickParameters = resolveParameters(twoStage, {
  members: ['ials', 'markov'],
  member_parameters: { ials: { factors: 8, epochs: 4 } },
  depth: 15,
  num_boost_round: 12,
  min_child_weight: 1,
})
