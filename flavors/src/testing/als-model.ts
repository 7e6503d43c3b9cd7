import type { AlsModel } from '../als/model.js'

export interface Shape {
  readonly users?: number
  readonly items?: number
  readonly dimensions?: number
  readonly seed?: number
  readonly textIds?: boolean
  /** Number of events per user. */
  readonly events?: number
}

/** Mulberry32 generator: reproducible numbers in [0, 1) for a seed. */
export function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A model with random factors, whose recommendations tests recompute. */
export function anAlsModel(shape: Shape = {}): AlsModel {
  const { users = 5, items = 12, dimensions = 4, seed = 1, textIds = false, events = 3 } = shape
  const random = randomNumbers(seed)
  const centred = (length: number) => Float32Array.from({ length }, () => random() - 0.5)
  const id = (row: number) => (textIds ? `tt${(row * 37) % 1000}-${row}` : row * 3 + 1)
  const seenItems = Array.from({ length: users }, () =>
    [...new Set(Array.from({ length: events }, () => Math.floor(random() * items)))].sort((a, b) => a - b),
  )
  const offsets = new Int32Array(users + 1)
  for (let user = 0; user < users; user++) offsets[user + 1] = offsets[user]! + seenItems[user]!.length
  return {
    dimensions,
    parameters: { regularization: 0.05, unobserved_weight: 0.1, regularization_exponent: 1, epochs: 8 },
    protocol: 'loo.full.seenfiltered.v1',
    items: {
      ids: Array.from({ length: items }, (_, row) => id(row)),
      titles: Array.from({ length: items }, (_, row) => `Film ${row} (영화)`),
      genres: Array.from({ length: items }, (_, row) => (row % 2 ? 'Comedy|Drama' : '')),
      popularity: Float64Array.from({ length: items }, () => Math.floor(random() * 5)),
    },
    itemFactors: centred(items * dimensions),
    userIds: Array.from({ length: users }, (_, row) => row + 100),
    userFactors: centred(users * dimensions),
    seen: { offsets, items: Int32Array.from(seenItems.flat()) },
  }
}
