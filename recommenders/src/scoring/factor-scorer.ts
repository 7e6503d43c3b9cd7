import { invalid } from '@cairn/platform/errors'
import type { Interactions } from '../data/interactions.js'
import { Arena, floats } from '../numeric/kernel/arena.js'
import { compileFactorKernel, type FactorKernel, startFactorKernel } from '../numeric/kernel/factor-kernel.js'
import { fillPanels, wholePanels } from '../numeric/kernel/panels.js'
import type { FactorModel } from './factor-model.js'
import type { Scorer } from './scorer.js'

/** A Scorer whose scores are dot products. Ranking reads its vectors and computes the scores on all threads. */
export interface FactorScorer extends Scorer {
  readonly dimensions: number
  /** Row-major, `dimensions` wide; the user vectors have the same layout. */
  readonly itemFactors: Float32Array
  userVectors(histories: Interactions, users: Int32Array): Float32Array
}

export const isFactorScorer = (scorer: Scorer): scorer is FactorScorer => 'userVectors' in scorer

export const asScorer = (model: Scorer | FactorModel): Scorer =>
  'score' in model ? model : factorScorer(model)

/** By default users have the vectors they were trained with, independent of their histories. */
export function factorScorer(
  model: FactorModel,
  userVectors: FactorScorer['userVectors'] = trainedVectors(model),
): FactorScorer {
  const { dimensions, itemFactors } = model
  let scoring: FourUsers | undefined
  return {
    dimensions,
    itemFactors,
    userVectors,
    async score(histories, users, into, signal) {
      scoring ??= new FourUsers(dimensions, itemFactors)
      const vectors = userVectors(histories, users)
      for (let from = 0; from < users.length; from += 4) {
        signal?.throwIfAborted()
        scoring.score(vectors.subarray(from * dimensions), into.subarray(from * scoring.items))
      }
    },
  }
}

const trainedVectors =
  ({ dimensions, userFactors }: FactorModel): FactorScorer['userVectors'] =>
  (histories, users) => {
    if (userFactors.length !== histories.users.size * dimensions)
      throw invalid(
        `the model has ${userFactors.length / dimensions} users, the interactions have ${histories.users.size}`,
      )
    const vectors = new Float32Array(users.length * dimensions)
    for (const [row, user] of users.entries())
      vectors.set(userFactors.subarray(user * dimensions, (user + 1) * dimensions), row * dimensions)
    return vectors
  }

/** Scores four users at a time with the kernel that ranking uses, so that both produce identical bits. */
class FourUsers {
  readonly items: number
  readonly #dimensions: number
  readonly #width: number
  readonly #kernel: FactorKernel
  readonly #vectors: Float32Array
  readonly #panels: Float32Array
  readonly #scores: Float32Array

  constructor(dimensions: number, itemFactors: Float32Array) {
    const items = itemFactors.length / dimensions
    const width = wholePanels(items)
    const arena = new Arena()
    const at = {
      vectors: arena.reserve(4 * dimensions * 4),
      panels: arena.reserve(width * dimensions * 4),
      scores: arena.reserve(4 * width * 4),
    }
    const memory = arena.allocate()
    this.items = items
    this.#dimensions = dimensions
    this.#width = width
    this.#kernel = startFactorKernel(compileFactorKernel(), memory)
    this.#vectors = floats(memory, at.vectors, 4 * dimensions)
    this.#panels = floats(memory, at.panels, width * dimensions)
    this.#scores = floats(memory, at.scores, 4 * width)
    fillPanels(itemFactors, dimensions, this.#panels)
  }

  /** Scores the first four users of `vectors`, or all if fewer, into the first rows of `into`. */
  score(vectors: Float32Array, into: Float32Array): void {
    const { items } = this
    const width = this.#width
    const users = Math.min(4, vectors.length / this.#dimensions)
    this.#vectors.set(vectors.subarray(0, users * this.#dimensions))
    const { byteOffset: user } = this.#vectors
    const { byteOffset: out } = this.#scores
    this.#kernel.score(user, this.#panels.byteOffset, width, this.#dimensions, out, width)
    for (let row = 0; row < users; row++)
      into.set(this.#scores.subarray(row * width, row * width + items), row * items)
  }
}
