import { setImmediate as yieldToOthers } from 'node:timers/promises'
import type { SparseRows } from '@cairn/flavors/arrow/sparse-rows'
import { adjacency } from '../../data/adjacency.js'
import type { Interactions } from '../../data/interactions.js'
import { LargestWeights } from '../../numeric/largest-weights.js'
import type { ItemKnnParameters } from './parameters.js'

/** Pairs counted before yielding to the event loop: a few milliseconds. */
const PAIRS_PER_YIELD = 2_000_000

interface FitOptions {
  readonly signal?: AbortSignal | undefined
  readonly onItems?: ((done: number) => void | Promise<void>) | undefined
}

/**
 * For each item the most similar items with their similarity |a ∩ b| / (√(|a|·|b|) + shrink), where a and b are the sets
 * of users of two items (Sarwar et al. 2001, "Item-based collaborative filtering recommendation algorithms").
 */
export async function fitItemKnn(
  train: Interactions,
  { neighbours, shrink }: ItemKnnParameters,
  { signal, onItems }: FitOptions,
): Promise<SparseRows> {
  const [byUser, byItem] = adjacency(train)
  const items = train.items.size
  const count = (item: number) => byItem.offsets[item + 1]! - byItem.offsets[item]!
  const similar = new LargestWeights(items, neighbours)
  const row = new Float32Array(items)
  let pairs = 0
  for (let item = 0; item < items; item++) {
    row.fill(0)
    for (const user of byItem.neighbours.subarray(byItem.offsets[item], byItem.offsets[item + 1])) {
      const [from, to] = [byUser.offsets[user]!, byUser.offsets[user + 1]!]
      for (let n = from; n < to; n++) row[byUser.neighbours[n]!]!++
      pairs += to - from
    }
    row[item] = 0
    for (let other = 0; other < items; other++)
      if (row[other]! > 0) row[other]! /= Math.sqrt(count(item) * count(other)) + shrink
    similar.add(row)
    if (pairs < PAIRS_PER_YIELD) continue
    pairs = 0
    await onItems?.(item + 1)
    await yieldToOthers()
    signal?.throwIfAborted()
  }
  return transpose(similar.finish())
}

/** Transposes the rows: histories are scored by the items that each item of the history is a neighbour of. */
function transpose({ offsets, items, values }: SparseRows): SparseRows {
  const starts = new Int32Array(offsets.length)
  for (const item of items) starts[item + 1]!++
  for (let item = 1; item < starts.length; item++) starts[item]! += starts[item - 1]!
  const next = starts.slice()
  const rows = {
    offsets: starts,
    items: new Int32Array(items.length),
    values: new Float32Array(items.length),
  }
  for (let item = 0; item + 1 < offsets.length; item++)
    for (let n = offsets[item]!; n < offsets[item + 1]!; n++) {
      const at = next[items[n]!]!++
      rows.items[at] = item
      rows.values[at] = values[n]!
    }
  return rows
}
