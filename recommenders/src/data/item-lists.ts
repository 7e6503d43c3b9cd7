import type { Interactions } from './interactions.js'

/** One list per user: list n is items[offsets[n] … offsets[n + 1]). */
export interface ItemLists {
  readonly offsets: Int32Array
  readonly items: Int32Array
}

/** The items of each user's events, oldest first. */
export function historiesOf({ starts, ends, itemOf }: Interactions, users: Int32Array): ItemLists {
  const offsets = new Int32Array(users.length + 1)
  for (let n = 0; n < users.length; n++) offsets[n + 1] = offsets[n]! + ends[users[n]!]! - starts[users[n]!]!
  const items = new Int32Array(offsets[users.length]!)
  for (let n = 0; n < users.length; n++)
    items.set(itemOf.subarray(starts[users[n]!], ends[users[n]!]), offsets[n]!)
  return { offsets, items }
}

/** The histories of all users, in their order. */
export const allHistories = (events: Interactions): ItemLists =>
  historiesOf(events, Int32Array.from(events.starts.keys()))
