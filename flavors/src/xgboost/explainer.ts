import { invalid } from '@cairn/platform/errors'
import type { LinearBooster, TreeBooster } from './model.js'
import type { XgboostScorer } from './scorer.js'
import { TreeShap } from './tree-shap.js'

/** Explains scores by feature contributions (SHAP values). Not re-entrant, as buffers are reused. */
export class XgboostExplainer {
  readonly #scorer: XgboostScorer
  readonly #shap: TreeShap | undefined
  /** Base score plus the means of the trees, by output. */
  readonly #biases: Float64Array

  constructor(scorer: XgboostScorer) {
    const { booster } = scorer.model
    this.#scorer = scorer
    this.#biases = Float64Array.from(scorer.baseMargins)
    if (booster.kind === 'gblinear') return
    const shap = new TreeShap(booster.trees, scorer.features, scorer.outputs)
    this.#shap = shap
    for (let tree = 0; tree < booster.trees.length; tree++)
      for (const output of this.#outputsOf(booster, tree))
        this.#biases[output]! += treeWeight(booster, tree) * shap.mean(tree, leafIndex(booster, tree, output))
  }

  /**
   * Returns each feature's contribution to the margins, then the bias: rows × outputs × (features + 1). The sum for each
   * output is its margin. Equals XGBoost's `pred_contribs`. The values are row-major, `features` wide.
   *
   * @throws INVALID_PARAMETER_VALUE unless each row has one value for each feature
   */
  contributions(values: ArrayLike<number>): Float64Array {
    const { features, outputs, model } = this.#scorer
    if (values.length === 0 || values.length % features !== 0)
      throw invalid(`xgboost: ${values.length} values where the model has ${features} features`)
    const rows = Float32Array.from(values)
    const contributions = new Float64Array((rows.length / features) * outputs * (features + 1))
    if (model.booster.kind === 'gblinear') this.#explainLinear(rows, model.booster, contributions)
    else this.#explainTrees(rows, model.booster, contributions)
    for (let at = 0; at < contributions.length; at += features + 1)
      contributions[at + features]! += this.#biases[(at / (features + 1)) % outputs]!
    return contributions
  }

  #explainTrees(values: Float32Array, booster: TreeBooster, into: Float64Array): void {
    const { features, outputs } = this.#scorer
    const shap = this.#shap!
    const block = shap.blockRows * features
    for (let from = 0; from < values.length; from += block) {
      const rows = values.subarray(from, from + block)
      const count = rows.length / features
      shap.setRows(rows)
      for (let tree = 0; tree < booster.trees.length; tree++)
        for (const output of this.#outputsOf(booster, tree))
          shap.add(tree, leafIndex(booster, tree, output), treeWeight(booster, tree), output, count)
      into.set(shap.contributions(count), (from / features) * outputs * (features + 1))
    }
  }

  #explainLinear(values: Float32Array, { weights }: LinearBooster, into: Float64Array): void {
    const { features, outputs } = this.#scorer
    for (let at = 0; at < into.length; at += features + 1) {
      const output = (at / (features + 1)) % outputs
      const row = Math.floor(at / (features + 1) / outputs) * features
      for (let feature = 0; feature < features; feature++)
        if (!Number.isNaN(values[row + feature]))
          into[at + feature]! += values[row + feature]! * weights[feature * outputs + output]!
      into[at + features]! += weights[features * outputs + output]!
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
