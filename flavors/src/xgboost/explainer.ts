import { invalid } from '@cairn/platform/errors'
import type { LinearBooster, TreeBooster } from './model.js'
import type { XgboostScorer } from './scorer.js'
import { ShapScratch, TreeShap } from './tree-shap.js'

/** Explains scores by feature contributions (SHAP values). Not re-entrant, as buffers are reused. */
export class XgboostExplainer {
  readonly #scorer: XgboostScorer
  readonly #trees: readonly TreeShap[]
  /** Base score plus the means of the trees, by output. */
  readonly #biases: Float64Array

  constructor(scorer: XgboostScorer) {
    const { booster } = scorer.model
    const scratch = new ShapScratch()
    this.#scorer = scorer
    this.#biases = Float64Array.from(scorer.baseMargins)
    this.#trees = booster.kind === 'gblinear' ? [] : booster.trees.map((tree) => new TreeShap(tree, scratch))
    if (booster.kind !== 'gblinear')
      for (let tree = 0; tree < this.#trees.length; tree++)
        for (const output of this.#outputsOf(booster, tree))
          this.#biases[output]! +=
            treeWeight(booster, tree) * this.#trees[tree]!.mean(leafIndex(booster, tree, output))
  }

  /**
   * Returns each feature's contribution to the margins, then the bias: outputs × (features + 1). The sum for each output is
   * its margin. Equals XGBoost's `pred_contribs`.
   *
   * @throws INVALID_PARAMETER_VALUE unless the row has one value for each feature
   */
  contributions(row: ArrayLike<number>): Float64Array {
    const { features, outputs, model } = this.#scorer
    if (row.length !== features)
      throw invalid(`xgboost: ${row.length} values where the model has ${features} features`)
    const values = Float32Array.from(row)
    const contributions = new Float64Array(outputs * (features + 1))
    for (let output = 0; output < outputs; output++) {
      const ofOutput = contributions.subarray(output * (features + 1), (output + 1) * (features + 1))
      ofOutput[features] = this.#biases[output]!
      if (model.booster.kind === 'gblinear') explainLinear(values, model.booster, output, outputs, ofOutput)
    }
    if (model.booster.kind !== 'gblinear') this.#explainTrees(values, model.booster, contributions)
    return contributions
  }

  #explainTrees(values: Float32Array, booster: TreeBooster, contributions: Float64Array): void {
    const width = this.#scorer.features + 1
    for (let tree = 0; tree < this.#trees.length; tree++)
      for (const output of this.#outputsOf(booster, tree)) {
        const ofOutput = contributions.subarray(output * width, (output + 1) * width)
        const leaf = leafIndex(booster, tree, output)
        this.#trees[tree]!.explain(values, treeWeight(booster, tree), ofOutput, leaf)
      }
  }

  #outputsOf({ trees, treeGroups }: TreeBooster, tree: number): number[] {
    if (!trees[tree]!.leafVectors) return [treeGroups[tree]!]
    return Array.from({ length: this.#scorer.outputs }, (_, output) => output)
  }
}

const treeWeight = ({ treeWeights }: TreeBooster, tree: number) => treeWeights?.[tree] ?? 1

/** Index of an output in the leaf values of a tree. */
const leafIndex = ({ trees }: TreeBooster, tree: number, output: number) =>
  trees[tree]!.leafVectors ? output : 0

function explainLinear(
  values: Float32Array,
  { weights }: LinearBooster,
  output: number,
  outputs: number,
  into: Float64Array,
): void {
  const features = values.length
  for (let feature = 0; feature < features; feature++)
    if (!Number.isNaN(values[feature]))
      into[feature]! += values[feature]! * weights[feature * outputs + output]!
  into[features]! += weights[features * outputs + output]!
}
