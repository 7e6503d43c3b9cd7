import { randomStream } from '@cairn/platform/statistics/random'
import type { BoosterParams } from './parameters.js'

/** Samples features without replacement: per tree from all, per level from those of the tree, per node from those of the level. */
export class ColumnSampler {
  readonly #params: BoosterParams
  readonly #features: number[]
  readonly #random: () => number
  #tree: number[] = []
  #levels: number[][] = []

  constructor(features: number, params: BoosterParams) {
    this.#params = params
    this.#features = Array.from({ length: features }, (_, feature) => feature)
    this.#random = randomStream(params.seed ^ 0x5bd1e995)
  }

  startTree(): void {
    this.#tree = this.#draw(this.#features, this.#params.colsample_bytree)
    this.#levels = []
  }

  /** The features of a node, ascending. Must be called once per node, in the order of node ids. */
  node(depth: number): readonly number[] {
    this.#levels[depth] ??= this.#draw(this.#tree, this.#params.colsample_bylevel)
    return this.#draw(this.#levels[depth], this.#params.colsample_bynode)
  }

  get tree(): readonly number[] {
    return this.#tree
  }

  #draw(features: number[], share: number): number[] {
    if (share === 1) return features
    const count = Math.max(1, Math.floor(share * features.length))
    const pool = features.slice()
    for (let at = 0; at < count; at++) {
      const other = at + Math.floor(this.#random() * (pool.length - at))
      ;[pool[at], pool[other]] = [pool[other]!, pool[at]!]
    }
    return pool.slice(0, count).sort((a, b) => a - b)
  }
}
