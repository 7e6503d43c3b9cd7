import { setImmediate as yieldToOthers } from 'node:timers/promises'
import type { DualWeights, ItemWeights } from '@cairn/flavors/item-weights/model'
import { invalid } from '@cairn/platform/errors'
import { type Adjacency, adjacency } from '../../data/adjacency.js'
import type { Interactions } from '../../data/interactions.js'
import { type InvertOptions, invertCounts } from '../../numeric/inverse/invert.js'
import type { SymmetricTiles } from '../../numeric/inverse/tiles.js'
import { LargestWeights } from '../../numeric/largest-weights.js'
import type { EaseParameters } from './parameters.js'

/** Inverting a matrix of this size needs 450 MB as float32. */
const MAX_ROWS = 15_000

/** Rows processed before yielding to the event loop: a few milliseconds. */
const ROWS_PER_YIELD = 50

/**
 * EASE (Steck 2019, "Embarrassingly shallow autoencoders for sparse data"): the item weights B with zero diagonal that
 * minimize ‖X − XB‖² + λ‖B‖², in closed form −P_ij / P_jj with P = (XᵀX + λI)⁻¹. If users² is less than the number of
 * weights to keep, P is derived from (XXᵀ + λI)⁻¹ by the Woodbury identity, and no weights are dropped.
 *
 * @throws INVALID_PARAMETER_VALUE if there are both too many items and too many users
 */
export async function fitEase(
  train: Interactions,
  { regularization, weights_per_item: kept }: EaseParameters,
  options: InvertOptions,
): Promise<ItemWeights> {
  const [users, items] = [train.users.size, train.items.size]
  if (Math.min(users, items) > MAX_ROWS)
    throw invalid(
      `EASE inverts a matrix with one row per item or user, at most ${MAX_ROWS}; ` +
        `these data have ${items} items and ${users} users`,
    )
  const [byUser, byItem] = adjacency(train)
  const all = kept === 0 || 2 * kept >= items
  const few = users ** 2 <= items * (all ? items : kept)
  if (items > MAX_ROWS || (few && users <= MAX_ROWS))
    return dual(await invertCounts(byUser, byItem, regularization, options), byItem, regularization)
  const inverse = await invertCounts(byItem, byUser, regularization, options)
  return all ? dense(inverse) : largest(inverse, kept, options.signal)
}

/** Returns a function that computes row i of −P_ij / P_jj; `inverse` is −P. */
function weightsOf(inverse: SymmetricTiles): (row: number, into: Float32Array) => void {
  const scales = Float64Array.from({ length: inverse.size }, (_, item) => -1 / inverse.at(item, item))
  return (row, into) => {
    inverse.row(row, 1, into)
    for (let item = 0; item < into.length; item++) into[item]! *= scales[item]!
    into[row] = 0
  }
}

function dense(inverse: SymmetricTiles): ItemWeights {
  const { size } = inverse
  const values = new Float32Array(size * size)
  const weights = weightsOf(inverse)
  for (let row = 0; row < size; row++) weights(row, values.subarray(row * size, (row + 1) * size))
  return { form: 'dense', values }
}

async function largest(
  inverse: SymmetricTiles,
  kept: number,
  signal: AbortSignal | undefined,
): Promise<ItemWeights> {
  const weights = weightsOf(inverse)
  const row = new Float32Array(inverse.size)
  const rows = new LargestWeights(inverse.size, kept)
  for (let item = 0; item < inverse.size; item++) {
    weights(item, row)
    rows.add(row)
    if (item % ROWS_PER_YIELD !== 0) continue
    await yieldToOthers()
    signal?.throwIfAborted()
  }
  return { form: 'sparse', rows: rows.finish() }
}

/** P_jj = (1 − x_jᵀ·K·x_j) / λ, where x_j indicates the users of item j. */
function dual(
  inverse: SymmetricTiles,
  { offsets, neighbours }: Adjacency,
  regularization: number,
): DualWeights {
  const { size } = inverse
  const kernel = new Float32Array(size * size)
  for (let user = 0; user < size; user++)
    inverse.row(user, -1, kernel.subarray(user * size, (user + 1) * size))
  const diagonal = new Float64Array(offsets.length - 1)
  for (let item = 0; item < diagonal.length; item++) {
    const users = neighbours.subarray(offsets[item], offsets[item + 1])
    let sum = 0
    for (const user of users) for (const other of users) sum += kernel[user * size + other]!
    diagonal[item] = (1 - sum) / regularization
  }
  return { form: 'dual', kernel, diagonal, regularization }
}
