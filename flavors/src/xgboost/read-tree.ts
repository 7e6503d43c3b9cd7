import { invalid } from '@cairn/platform/errors'
import type { Fields } from './fields.js'
import type { SplitCategories, Tree } from './model.js'

/** Node ids are 32-bit, and a node takes about forty bytes of a file. */
const MAX_NODES = 1 << 26
const MAX_OUTPUTS = 1 << 16

/** Reads one entry of `trees` without validating its structure, which `checkTree` does. */
export function readTree(fields: Fields): Tree {
  const parameters = fields.fields('tree_param')
  const nodes = parameters.integer('num_nodes', 1, MAX_NODES)
  const width = Math.max(parameters.integer('size_leaf_vector', 0, MAX_OUTPUTS), 1)
  const { leftChildren, rightChildren } = children(fields, nodes)
  const baseWeights = fields.floats('base_weights', nodes * width)
  const categories = readCategories(fields, nodes)
  return {
    leftChildren,
    rightChildren,
    parents: fields.integers('parents', nodes).map((parent) => (parent === 2 ** 31 - 1 ? -1 : parent)),
    splitFeatures: fields.integers('split_indices', nodes),
    splitConditions: fields.floats('split_conditions', nodes),
    defaultLeft: fields.flags('default_left', nodes),
    lossChanges: fields.floats('loss_changes', nodes),
    sumHessians: fields.floats('sum_hessian', nodes),
    baseWeights,
    ...(categories && { categories }),
    ...(width > 1 && { leafVectors: leafVectors(fields, width, baseWeights) }),
  }
}

/** Since 3.2 the right child of a leaf is the index of its vector. */
function children(fields: Fields, nodes: number) {
  const leftChildren = fields.integers('left_children', nodes)
  const right = fields.integers('right_children', nodes)
  return { leftChildren, rightChildren: right.map((child, node) => (leftChildren[node] === -1 ? -1 : child)) }
}

/** Before 3.2 the leaf vectors are stored as base weights. */
function leafVectors(fields: Fields, width: number, baseWeights: Float32Array): Float32Array {
  if (!fields.has('leaf_weights')) return baseWeights
  const indices = fields.integers('right_children')
  const leaves = fields.integers('left_children')
  const weights = fields.floats('leaf_weights')
  const vectors = new Float32Array(leaves.length * width)
  for (let node = 0; node < leaves.length; node++) {
    if (leaves[node] !== -1) continue
    const from = indices[node]! * width
    if (from < 0 || from + width > weights.length)
      throw invalid(`${fields.path}.right_children[${node}]: leaf ${indices[node]} has no weights`)
    vectors.set(weights.subarray(from, from + width), node * width)
  }
  return vectors
}

/** Absent in files from before 1.3. */
function readCategories(fields: Fields, nodes: number): SplitCategories | undefined {
  if (!fields.has('split_type')) return undefined
  const types = fields.flags('split_type', nodes)
  const categoryNodes = fields.integers('categories_nodes')
  const segments = fields.integers('categories_segments', categoryNodes.length)
  const sizes = fields.integers('categories_sizes', categoryNodes.length)
  const values = fields.integers('categories')
  const categorical = types.reduce((sum, type) => sum + type, 0)
  if (
    categorical !== categoryNodes.length ||
    new Set(categoryNodes).size !== categoryNodes.length ||
    categoryNodes.some((node) => types[node] !== 1)
  )
    throw invalid(`${fields.path}.categories_nodes: must name each node of split_type 1 once`)
  for (let i = 0; i < categoryNodes.length; i++)
    if (segments[i]! < 0 || sizes[i]! < 0 || segments[i]! + sizes[i]! > values.length)
      throw invalid(`${fields.path}.categories_segments[${i}]: beyond the ${values.length} categories`)
  return categoryNodes.length > 0 ? { nodes: categoryNodes, segments, sizes, values } : undefined
}
