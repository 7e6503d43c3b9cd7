import { countOffsets, type Interactions } from './interactions.js'

/** CSR: the neighbours of row r are neighbours[offsets[r] … offsets[r + 1]), ascending. */
export interface Adjacency {
  readonly offsets: Int32Array
  readonly neighbours: Int32Array
}

/** The distinct (user, item) pairs, grouped by user and grouped by item. */
export function adjacency({ users, items, starts, ends, itemOf }: Interactions): [Adjacency, Adjacency] {
  const offsets = new Int32Array(users.size + 1)
  let pairs = 0
  const neighbours = new Int32Array(itemOf.length)
  for (let user = 0; user < users.size; user++) {
    let previous = -1
    for (const item of itemOf.slice(starts[user], ends[user]).sort()) {
      if (item !== previous) neighbours[pairs++] = item
      previous = item
    }
    offsets[user + 1] = pairs
  }
  const byUser = { offsets, neighbours: neighbours.slice(0, pairs) }
  return [byUser, transpose(byUser, items.size)]
}

export function transpose({ offsets, neighbours }: Adjacency, columns: number): Adjacency {
  const transposed = countOffsets(neighbours, columns)
  const next = transposed.slice()
  const rows = new Int32Array(neighbours.length)
  for (let row = 0; row + 1 < offsets.length; row++)
    for (let at = offsets[row]!; at < offsets[row + 1]!; at++) rows[next[neighbours[at]!]!++] = row
  return { offsets: transposed, neighbours: rows }
}

/** The value of the last event of each pair of `adjacency`, in the order by user and in the order by item. */
export function lastValues(
  { users, items, starts, ends, itemOf }: Interactions,
  values: Float32Array,
  [byUser, byItem]: readonly [Adjacency, Adjacency],
): [Float32Array, Float32Array] {
  const last = new Float32Array(items.size)
  const ofUsers = new Float32Array(byUser.neighbours.length)
  const ofItems = new Float32Array(byItem.neighbours.length)
  const next = byItem.offsets.slice()
  for (let user = 0; user < users.size; user++) {
    for (let event = starts[user]!; event < ends[user]!; event++) last[itemOf[event]!] = values[event]!
    for (let n = byUser.offsets[user]!; n < byUser.offsets[user + 1]!; n++) {
      const item = byUser.neighbours[n]!
      ofUsers[n] = last[item]!
      ofItems[next[item]!++] = last[item]!
    }
  }
  return [ofUsers, ofItems]
}
