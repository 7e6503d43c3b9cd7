import type { SparseRows } from '../arrow/sparse-rows.js'
import type { HistoryTables } from '../recommender/history-folder.js'
import { randomNumbers } from './als-model.js'
import { someItems } from './item-item-model.js'

/** Users 100, 101, …, each with a history of up to five items, with repeats. */
export function someTables(items: number, users: number, seed = 1): HistoryTables {
  const random = randomNumbers(seed)
  const histories = Array.from({ length: users }, (_, user) =>
    Array.from({ length: user % 6 }, () => Math.floor(random() * items)),
  )
  const offsets = new Int32Array(users + 1)
  for (const [user, history] of histories.entries()) offsets[user + 1] = offsets[user]! + history.length
  return {
    items: someItems(items, seed),
    users: {
      ids: Array.from({ length: users }, (_, user) => 100 + user),
      histories: { offsets, items: Int32Array.from(histories.flat()) },
    },
    parameters: { any: seed },
    protocol: 'loo.full.seenfiltered.v1',
  }
}

/** Random rows with about a third of all pairs. */
export function someRows(items: number, seed = 1): SparseRows {
  const random = randomNumbers(seed)
  const offsets = new Int32Array(items + 1)
  const columns: number[] = []
  for (let row = 0; row < items; row++) {
    for (let item = 0; item < items; item++) if (random() < 1 / 3) columns.push(item)
    offsets[row + 1] = columns.length
  }
  return {
    offsets,
    items: Int32Array.from(columns),
    values: Float32Array.from(columns, () => random() - 0.3),
  }
}
