/**
 * An XGBoost model in typed arrays, with the fields of XGBoost's model files (`.json` and `.ubj`, schema in its docs under
 * "Introduction to model IO"). The trainer and the readers create it, the writers store it, `XgboostScorer` scores with it.
 */
export interface XgboostModel {
  /** XGBoost release of the file format, e.g. [3, 0, 0]. Determines the layout that is written. */
  readonly version: Version
  /** Number of input columns. */
  readonly features: number
  /** One for each feature, or empty. */
  readonly featureNames: readonly string[]
  /** `float`, `q`, `int`, `i`, or `c` for categories; one for each feature, or empty. */
  readonly featureTypes: readonly string[]
  /** `num_class`: 0 unless the model is multiclass. */
  readonly classes: number
  /** `num_target`. */
  readonly targets: number
  /** On the scale of predictions (a probability for logistic objectives); one, or one for each output. */
  readonly baseScore: Float32Array
  readonly boostFromAverage: boolean
  readonly objective: Objective
  /** Attributes of the model, such as `best_iteration` after early stopping. */
  readonly attributes: Readonly<Record<string, string>>
  readonly booster: Booster
}

export type Version = readonly [major: number, minor: number, patch: number]

/** `parameters` are those of the file: `{ reg_loss_param: { scale_pos_weight: '1' } }`. */
export interface Objective {
  readonly name: string
  readonly parameters: Readonly<Record<string, Readonly<Record<string, string>>>>
}

export type Booster = TreeBooster | LinearBooster

export interface TreeBooster {
  readonly kind: 'gbtree' | 'dart'
  readonly trees: readonly Tree[]
  /** Output that each tree contributes to. Trees with leaf vectors contribute to all. */
  readonly treeGroups: Int32Array
  /** Trees of iteration i are `iterationOffsets[i]…iterationOffsets[i + 1] − 1`. */
  readonly iterationOffsets: Int32Array
  readonly parallelTrees: number
  /** For `dart`: factor of each tree's leaf values. */
  readonly treeWeights?: Float32Array
  /** Names of the codes of each categorical feature; undefined if the codes are the values. */
  readonly categoryNames?: readonly (CategoryNames | undefined)[]
}

/** A category's code is its index in `values`. `type` is XGBoost's type number of numeric categories: 13 is int32, 15 int64. */
export type CategoryNames = TextNames | NumericNames
export interface TextNames {
  readonly type: 'text'
  readonly values: readonly string[]
}
export interface NumericNames {
  readonly type: number
  readonly values: Float64Array
}

export interface LinearBooster {
  readonly kind: 'gblinear'
  /** Features × outputs, then one bias for each output. */
  readonly weights: Float32Array
  readonly iterations: number
}

/** One entry for each node; node 0 is the root. Pruned nodes are unreachable. */
export interface Tree {
  /** −1 at leaves. */
  readonly leftChildren: Int32Array
  /** −1 at leaves. */
  readonly rightChildren: Int32Array
  /** −1 at the root. */
  readonly parents: Int32Array
  readonly splitFeatures: Int32Array
  /** Values strictly below go left. For a leaf: its value, scaled by the learning rate. */
  readonly splitConditions: Float32Array
  /** 1 if missing values go left. */
  readonly defaultLeft: Uint8Array
  readonly lossChanges: Float32Array
  readonly sumHessians: Float32Array
  /** Value of the node as a leaf; nodes × outputs in trees with leaf vectors. */
  readonly baseWeights: Float32Array
  readonly categories?: SplitCategories
  /** For trees with all outputs: nodes × outputs, used at leaves. */
  readonly leafVectors?: Float32Array
}

/** Node `nodes[i]` sends the categories `values[segments[i]…segments[i] + sizes[i] − 1]` right, all others left. */
export interface SplitCategories {
  readonly nodes: Int32Array
  readonly segments: Int32Array
  readonly sizes: Int32Array
  readonly values: Int32Array
}

/** Value of `splitFeatures` for a pruned node. */
export const DELETED = 2 ** 31 - 1

/** Returns the number of margins of a row. */
export const outputsOf = (model: Pick<XgboostModel, 'classes' | 'targets'>): number =>
  Math.max(model.classes, model.targets, 1)

/** Returns the offsets of iterations of equal size. */
export function evenIterations(trees: number, treesPerIteration: number): Int32Array {
  const iterations = Math.ceil(trees / treesPerIteration)
  return Int32Array.from({ length: iterations + 1 }, (_, i) => Math.min(trees, i * treesPerIteration))
}
