import type { Interactions } from '../data/interactions.js'
import type { Scorer } from '../scoring/scorer.js'
import type { Targets } from './splits/split.js'

export interface RatingErrors {
  /** Root mean squared and mean absolute error over all held-out ratings with a prediction. */
  readonly rmse: number
  readonly mae: number
  readonly n: number
}

const USERS_PER_BLOCK = 64

/** Returns undefined if the targets have no ratings. */
export async function ratingErrors(
  scorer: Scorer,
  histories: Interactions,
  { users, offsets, items, values }: Targets,
  signal?: AbortSignal,
): Promise<RatingErrors | undefined> {
  if (!values) return undefined
  const width = histories.items.size
  const scores = new Float32Array(Math.min(USERS_PER_BLOCK, users.length) * width)
  let [squared, absolute, n] = [0, 0, 0]
  for (let from = 0; from < users.length; from += USERS_PER_BLOCK) {
    const block = users.subarray(from, from + USERS_PER_BLOCK)
    await scorer.score(histories, block, scores.subarray(0, block.length * width), signal)
    for (let row = 0; row < block.length; row++)
      for (let at = offsets[from + row]!; at < offsets[from + row + 1]!; at++) {
        const error = scores[row * width + items[at]!]! - values[at]!
        if (!Number.isFinite(error)) continue
        squared += error * error
        absolute += Math.abs(error)
        n++
      }
  }
  return n === 0 ? undefined : { rmse: Math.sqrt(squared / n), mae: absolute / n, n }
}
