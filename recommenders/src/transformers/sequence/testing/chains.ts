import { randomStream } from '@cairn/platform/statistics/random'
import { buildInteractions, type Interactions } from '../../../data/interactions.js'

/** Users who mostly move from an item to the item three further on, in a cycle. */
export function chains({ users = 60, items = 23, events = 14, seed = 5 } = {}): Interactions {
  const random = randomStream(seed)
  const columns = { users: [] as number[], items: [] as number[] }
  for (let user = 0; user < users; user++) {
    let item = Math.floor(random() * items)
    for (let event = 0; event < 3 + Math.floor(random() * events); event++) {
      columns.users.push(user)
      columns.items.push(item)
      item = random() < 0.9 ? (item + 3) % items : Math.floor(random() * items)
    }
  }
  return buildInteractions(columns, 'row')
}
