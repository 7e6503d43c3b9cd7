/**
 * A model as XGBoost's own files hold it (`.json` and `.ubj`, schema in its docs under "Introduction to model IO"), in
 * typed arrays. The trainer emits it, the readers yield it, the writers store it, `XgboostScorer` answers from it.
 */
export interface XgboostModel {
  /** Of the library whose format it is: [3, 0, 0]. Decides how a writer writes. */
  readonly version: Version
  /** Number of input columns. */
  readonly features: number
  /** One for each feature, or none at all. */
  readonly featureNames: readonly string[]
  /** `float`, `q`, `int`, `i`, or `c` for categories; one for each feature, or none at all. */
  readonly featureTypes: readonly string[]
  /** `num_class`: 0 unless several classes are told apart. */
  readonly classes: number
  /** `num_target`. */
  readonly targets: number
  /** In the space of predictions (a probability where the objective is logistic); one, or one for each output. */
  readonly baseScore: Float32Array
  readonly boostFromAverage: boolean
  readonly objective: Objective
  /** Texts beside the model, such as `best_iteration` after early stopping. */
  readonly attributes: Readonly<Record<string, string>>
  readonly booster: Booster
}

export type Version = readonly [major: number, minor: number, patch: number]

/** `parameters` as in the file: `{ reg_loss_param: { scale_pos_weight: '1' } }`. */
export interface Objective {
  readonly name: string
  readonly parameters: Readonly<Record<string, Readonly<Record<string, string>>>>
}

export type Booster = TreeBooster | LinearBooster

export interface TreeBooster {
  readonly kind: 'gbtree' | 'dart'
  readonly trees: readonly Tree[]
  /** The output each tree adds to. Trees with leaf vectors add to all. */
  readonly treeGroups: Int32Array
  /** Trees of iteration i are `iterationOffsets[i]…iterationOffsets[i + 1] − 1`. */
  readonly iterationOffsets: Int32Array
  readonly parallelTrees: number
  /** Of `dart`: what each tree's leaves are multiplied by. */
  readonly treeWeights?: Float32Array
  /** What the codes of a categorical feature stand for; undefined where codes are the values. One for each feature. */
  readonly categoryNames?: readonly (CategoryNames | undefined)[]
}

/** A category's code is its place. `type` is XGBoost's number for that of numeric categories: 13 is int32, 15 int64. */
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

/** One entry for each node; node 0 is the root. Nodes that pruning left behind are not reachable. */
export interface Tree {
  /** −1 at leaves. */
  readonly leftChildren: Int32Array
  /** −1 at leaves. */
  readonly rightChildren: Int32Array
  /** −1 at the root. */
  readonly parents: Int32Array
  readonly splitFeatures: Int32Array
  /** Values strictly below go left. At a leaf: its value, shrunk by the learning rate. */
  readonly splitConditions: Float32Array
  /** 1 where missing values go left. */
  readonly defaultLeft: Uint8Array
  readonly lossChanges: Float32Array
  readonly sumHessians: Float32Array
  /** What the node would add if it were a leaf; nodes × outputs in trees with leaf vectors. */
  readonly baseWeights: Float32Array
  readonly categories?: SplitCategories
  /** Of trees that answer for all outputs: nodes × outputs, read at leaves. */
  readonly leafVectors?: Float32Array
}

/** Node `nodes[i]` sends the categories `values[segments[i]…segments[i] + sizes[i] − 1]` right, all others left. */
export interface SplitCategories {
  readonly nodes: Int32Array
  readonly segments: Int32Array
  readonly sizes: Int32Array
  readonly values: Int32Array
}

/** In `splitFeatures` of a node that pruning deleted. */
export const DELETED = 2 ** 31 - 1

/** How many numbers a prediction has before the objective transforms them. */
export const outputsOf = (model: Pick<XgboostModel, 'classes' | 'targets'>): number =>
  Math.max(model.classes, model.targets, 1)

/** Offsets of iterations of equal size, which is what every trainer makes. */
export function evenIterations(trees: number, treesPerIteration: number): Int32Array {
  const iterations = Math.ceil(trees / treesPerIteration)
  return Int32Array.from({ length: iterations + 1 }, (_, i) => Math.min(trees, i * treesPerIteration))
}
