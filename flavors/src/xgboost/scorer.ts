import { invalid } from '@cairn/platform/errors'
import { checkModel } from './check-model.js'
import { type Block, Forest } from './forest.js'
import { addLeafVectors } from './leaf-vectors.js'
import { outputsOf, type TreeBooster, type XgboostModel } from './model.js'
import { requireObjective } from './objective.js'

export interface ScoreOptions {
  /** Iterations `[from, to)`, default all; XGBoost's `iteration_range`. */
  readonly iterations?: readonly [from: number, to: number]
  /** Rows × outputs, replaces the model's base score. */
  readonly baseMargin?: Float32Array
}

const { fround } = Math

/**
 * Scores bit-identically to libxgboost: margins are summed in float32 in the order of the trees, starting from the base
 * score; a value goes left if it is strictly below the condition, both in float32; NaN goes the node's default way.
 *
 * Rows are row-major, `features` wide; they are rounded to float32. Not re-entrant, as scoring reuses its buffers.
 */
export class XgboostScorer {
  readonly model: XgboostModel
  readonly features: number
  /** Number of margins per row. */
  readonly outputs: number
  /** Number of values per prediction. */
  readonly width: number
  readonly #link: ReturnType<typeof requireObjective>
  /** Initial margins of a row. */
  readonly baseMargins: Float32Array
  readonly #forest: Forest | undefined

  /** @throws INVALID_PARAMETER_VALUE when the model is inconsistent */
  constructor(model: XgboostModel) {
    checkModel(model, 'xgboost')
    this.model = model
    this.features = model.features
    this.outputs = outputsOf(model)
    this.#link = requireObjective(model.objective.name, 'xgboost')
    this.width = this.#link.picksClass ? 1 : this.outputs
    const { baseScore, booster } = model
    // For linear models libxgboost adds the first output's base score to all outputs.
    const single = baseScore.length === 1 || booster.kind === 'gblinear'
    this.baseMargins = Float32Array.from({ length: this.outputs }, (_, output) =>
      this.#link.margin(baseScore[single ? 0 : output]!),
    )
    if (booster.kind === 'gblinear') return
    this.#forest = new Forest(booster, model.features, this.outputs)
  }

  /** Returns rows × outputs, before the transformation of the objective. */
  margins(values: ArrayLike<number>, options: ScoreOptions = {}): Float32Array {
    const rows = this.#countRows(values)
    const margins = this.#initialMargins(rows, options.baseMargin)
    const { booster } = this.model
    if (booster.kind === 'gblinear') this.#addLinear(values, booster.weights, margins)
    else this.#addTrees(values, booster, this.#treeRange(booster, options.iterations), margins)
    return margins
  }

  /** Returns rows × width on the scale of the objective: probabilities, means or classes. */
  predict(values: ArrayLike<number>, options: ScoreOptions = {}): Float32Array {
    const margins = this.margins(values, options)
    const { outputs } = this
    const { transform, picksClass } = this.#link
    if (picksClass)
      return Float32Array.from({ length: margins.length / outputs }, (_, row) =>
        argMax(margins, row, outputs),
      )
    if (transform)
      for (let at = 0; at < margins.length; at += outputs) transform(margins.subarray(at, at + outputs))
    return margins
  }

  /** Returns the leaf of each row, rows × trees. @throws INVALID_PARAMETER_VALUE for a linear model */
  leaves(values: ArrayLike<number>, options: Pick<ScoreOptions, 'iterations'> = {}): Int32Array {
    const { booster } = this.model
    const forest = this.#forest
    if (booster.kind === 'gblinear' || !forest) throw invalid('xgboost: a linear model has no leaves')
    const range = this.#treeRange(booster, options.iterations)
    const trees = range[1] - range[0]
    const leaves = new Int32Array(this.#countRows(values) * trees)
    for (const block of this.#blocks(values, range)) leaves.set(forest.leaves(block), block.first * trees)
    return leaves
  }

  #addTrees(
    values: ArrayLike<number>,
    booster: TreeBooster,
    range: readonly [number, number],
    margins: Float32Array,
  ): void {
    const { outputs } = this
    const forest = this.#forest!
    const hasVectors = booster.trees.some((tree) => tree.leafVectors)
    for (const block of this.#blocks(values, range)) {
      const blockMargins = margins.subarray(block.first * outputs, (block.first + block.rows) * outputs)
      if (hasVectors) addLeafVectors(booster, forest.leaves(block), range, blockMargins)
      else forest.add(block, blockMargins)
    }
  }

  *#blocks(values: ArrayLike<number>, [from, to]: readonly [number, number]): Iterable<Block> {
    const { blockRows } = this.#forest!
    const all = this.#countRows(values)
    for (let first = 0; first < all; first += blockRows)
      yield { values, first, rows: Math.min(blockRows, all - first), from, to }
  }

  /** Missing values contribute nothing. */
  #addLinear(values: ArrayLike<number>, weights: Float32Array, margins: Float32Array): void {
    const { features, outputs } = this
    for (let at = 0; at < margins.length; at++) {
      const output = at % outputs
      const row = (at - output) / outputs
      let margin = fround(weights[features * outputs + output]! + margins[at]!)
      for (let feature = 0; feature < features; feature++) {
        const value = fround(values[row * features + feature]!)
        if (!Number.isNaN(value))
          margin = fround(margin + fround(value * weights[feature * outputs + output]!))
      }
      margins[at] = margin
    }
  }

  #countRows(values: ArrayLike<number>): number {
    const rows = this.features === 0 ? 0 : values.length / this.features
    if (!Number.isInteger(rows))
      throw invalid(`xgboost: ${values.length} values cannot be split into rows of ${this.features} features`)
    return rows
  }

  #initialMargins(rows: number, baseMargin: Float32Array | undefined): Float32Array {
    const margins = new Float32Array(rows * this.outputs)
    if (baseMargin) {
      if (baseMargin.length !== margins.length)
        throw invalid(
          `xgboost: ${baseMargin.length} base margins for ${rows} rows of ${this.outputs} outputs`,
        )
      margins.set(baseMargin)
    } else for (let at = 0; at < margins.length; at++) margins[at] = this.baseMargins[at % this.outputs]!
    return margins
  }

  #treeRange(
    { iterationOffsets: offsets }: TreeBooster,
    range: ScoreOptions['iterations'],
  ): [number, number] {
    const iterations = Math.max(offsets.length - 1, 0)
    const [from, to] = range ?? [0, iterations]
    if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= iterations))
      throw invalid(`xgboost: iterations ${from} to ${to} are not within the ${iterations} of the model`)
    return [offsets[from] ?? 0, offsets[to] ?? 0]
  }
}

/** Returns the output with the row's largest margin, the first of equals. */
function argMax(margins: Float32Array, row: number, outputs: number): number {
  let best = 0
  for (let output = 1; output < outputs; output++)
    if (margins[row * outputs + output]! > margins[row * outputs + best]!) best = output
  return best
}
