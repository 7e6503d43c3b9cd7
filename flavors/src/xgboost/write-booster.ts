import type { Document, NumberArray } from './document.js'
import { Float } from './document.js'
import {
  type CategoryNames,
  DELETED,
  type Tree,
  type TreeBooster,
  type Version,
  type XgboostModel,
} from './model.js'

export function boosterDocument({ booster, features }: XgboostModel, [major, minor]: Version): Document {
  if (booster.kind === 'gblinear')
    return { model: { boosted_rounds: booster.iterations, weights: booster.weights }, name: booster.kind }
  const names = major > 3 || minor >= 1
  const separateLeaves = major > 3 || minor >= 2
  const model: Document = {
    ...(names && { cats: categoryNames(booster.categoryNames) }),
    gbtree_model_param: {
      num_parallel_tree: String(booster.parallelTrees),
      num_trees: String(booster.trees.length),
    },
    iteration_indptr: [...booster.iterationOffsets],
    tree_info: [...booster.treeGroups],
    trees: booster.trees.map((tree, id) => treeDocument(tree, id, features, separateLeaves)),
  }
  if (booster.kind === 'gbtree') return { model, name: booster.kind }
  const weights = Array.from(booster.treeWeights ?? booster.trees.map(() => 1), (weight) => new Float(weight))
  return { gbtree: { model, name: 'gbtree' }, name: booster.kind, weight_drop: weights }
}

function treeDocument(tree: Tree, id: number, features: number, separateLeaves: boolean): Document {
  const { categories, leafVectors } = tree
  const nodes = tree.leftChildren.length
  const empty = new Int32Array(0)
  const none = leafVectors ? -1 : 2 ** 31 - 1
  return {
    base_weights: tree.baseWeights,
    categories: categories?.values ?? empty,
    categories_nodes: categories?.nodes ?? empty,
    categories_segments: BigInt64Array.from(categories?.segments ?? empty, BigInt),
    categories_sizes: BigInt64Array.from(categories?.sizes ?? empty, BigInt),
    default_left: tree.defaultLeft,
    id,
    left_children: tree.leftChildren,
    loss_changes: tree.lossChanges,
    parents: tree.parents.map((parent) => (parent === -1 ? none : parent)),
    right_children: tree.rightChildren,
    split_conditions: tree.splitConditions,
    split_indices: tree.splitFeatures,
    split_type: splitTypes(tree),
    sum_hessian: tree.sumHessians,
    tree_param: {
      num_deleted: String(tree.splitFeatures.reduce((sum, feature) => sum + Number(feature === DELETED), 0)),
      num_feature: String(features),
      num_nodes: String(nodes),
      size_leaf_vector: String(leafVectors ? leafVectors.length / nodes : 1),
    },
    ...(leafVectors && separateLeaves && leafFields(tree, leafVectors)),
  }
}

function splitTypes({ leftChildren, categories }: Tree): Uint8Array {
  const types = new Uint8Array(leftChildren.length)
  for (const node of categories?.nodes ?? []) types[node] = 1
  return types
}

/** Leaf vectors are concatenated; the right child of a leaf is the index of its vector. */
function leafFields({ leftChildren, rightChildren }: Tree, vectors: Float32Array): Document {
  const width = vectors.length / leftChildren.length
  const leaves = [...leftChildren.keys()].filter((node) => leftChildren[node] === -1)
  const indices = rightChildren.slice()
  const weights = new Float32Array(leaves.length * width)
  for (const [index, node] of leaves.entries()) {
    indices[node] = index
    weights.set(vectors.subarray(node * width, (node + 1) * width), index * width)
  }
  return { leaf_weights: weights, right_children: indices }
}

function categoryNames(names: TreeBooster['categoryNames']): Document {
  const features = names ?? []
  const segments = new Int32Array(features.length > 0 ? features.length + 1 : 0)
  for (const [feature, categories] of features.entries())
    segments[feature + 1] = segments[feature]! + (categories?.values.length ?? 0)
  return {
    enc: features.map(encodedNames),
    feature_segments: segments,
    sorted_idx: Int32Array.from(
      features.flatMap((categories) => (categories ? sortedCodes(categories) : [])),
    ),
  }
}

function encodedNames(names: CategoryNames | undefined): Document {
  if (names && names.type !== 'text')
    return { type: names.type, values: toTypedArray(names.type, names.values) }
  if (!names) return { offsets: new Int32Array(0), values: new Int8Array(0) }
  const texts = names.values.map((text) => Buffer.from(text, 'utf8'))
  const offsets = new Int32Array(texts.length + 1)
  for (const [index, text] of texts.entries()) offsets[index + 1] = offsets[index]! + text.length
  return { offsets, values: Int8Array.from(Buffer.concat(texts)) }
}

/** Converts to the list type of XGBoost's type number. UBJSON has no unsigned types wider than a byte. */
function toTypedArray(type: number, values: Float64Array): NumberArray {
  switch (type) {
    case 7:
      return Float32Array.from(values)
    case 9:
      return Int8Array.from(values)
    case 10:
      return Uint8Array.from(values)
    case 11:
      return Int16Array.from(values)
    case 13:
      return Int32Array.from(values)
    case 15:
      return BigInt64Array.from(values, BigInt)
    default:
      return values
  }
}

/** Returns the codes sorted by name, the order in which XGBoost looks categories up. */
function sortedCodes(names: CategoryNames): number[] {
  const codes = Array.from({ length: names.values.length }, (_, code) => code)
  if (names.type !== 'text') return codes.sort((a, b) => names.values[a]! - names.values[b]!)
  const bytes = names.values.map((text) => Buffer.from(text, 'utf8'))
  return codes.sort((a, b) => Buffer.compare(bytes[a]!, bytes[b]!))
}
