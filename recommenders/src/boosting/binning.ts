import { bytes, floats, ints } from '../numeric/kernel/arena.js'
import { cutColumn, sortColumn } from './cuts.js'
import type { BinnedTable, SharedLayout } from './shared-layout.js'

/** Computes the cuts of one feature from the training rows. */
export function cutFeature(layout: SharedLayout, feature: number): void {
  const { memory, cuts, train, params, features } = layout
  const column = sortColumn(train.values, features, feature, rowWeight(layout))
  const { upper, below, hasMissing } = cutColumn(column, params.max_bin)
  floats(memory, cuts.upper + feature * 1024, 256).set(upper)
  floats(memory, cuts.below, features)[feature] = below
  ints(memory, cuts.counts, features)[feature] = upper.length
  ints(memory, cuts.hasMissing, features)[feature] = Number(hasMissing)
}

/** Ranking data have weights per group, not per row, so their quantiles are unweighted. */
function rowWeight({ memory, train }: SharedLayout): ((row: number) => number) | undefined {
  if (train.weightCount !== train.rows || train.groups > 0) return undefined
  const weights = floats(memory, train.weights, train.rows)
  return (row) => weights[row]!
}

/** Rows per block, so that a feature's cuts stay in the cache. */
const BLOCK = 2048

/** Bins rows [from, to) of a table; the training table is stored by column as well. */
export function binRows(layout: SharedLayout, table: BinnedTable, from: number, to: number): void {
  for (let start = from; start < to; start += BLOCK)
    for (let feature = 0; feature < layout.features; feature++)
      binBlock(layout, table, feature, start, Math.min(start + BLOCK, to))
}

function binBlock(layout: SharedLayout, table: BinnedTable, feature: number, from: number, to: number): void {
  const { memory, cuts, features } = layout
  const count = ints(memory, cuts.counts, features)[feature]!
  const upper = floats(memory, cuts.upper + feature * 1024, count - 1)
  const hasMissing = ints(memory, cuts.hasMissing, features)[feature] === 1
  const absent = hasMissing ? count : 255 // without a missing bin the value is above every split and goes right
  const bins = bytes(memory, table.bins, table.rows * features)
  const column = bytes(memory, layout.columns + feature * layout.train.rows, layout.train.rows)
  const byColumn = table === layout.train
  for (let row = from; row < to; row++) {
    const value = table.values[row * features + feature]!
    const bin = Number.isNaN(value) ? absent : binOf(upper, value)
    bins[row * features + feature] = bin
    if (byColumn) column[row] = bin
  }
}

/** The number of bounds that are at most `value`. */
function binOf(bounds: Float32Array, value: number): number {
  let from = 0
  let size = bounds.length
  while (size > 0) {
    const half = size >> 1
    if (bounds[from + half]! <= value) {
      from += half + 1
      size -= half + 1
    } else size = half
  }
  return from
}
