import { invalid } from '@cairn/platform/errors'
import { KernelMemory } from '../kernel-memory.js'
import { buildCategorySets, type CategorySets } from './category-sets.js'
import type { Tree } from './model.js'
import { gaussLegendre } from './quadrature.js'
import { tableSize, writeFactors } from './shap-factors.js'
import { COMPILED_KERNEL } from './shap-kernel/module.js'
import { type ShapPaths, shapPaths } from './shap-paths.js'

/** Limit for the factors of one tree. */
const MAX_NUMBERS = 1 << 22
/** Rows explained at once, which share a tree in the cache. */
const BLOCK_ROWS = 16
const [POSITION_WORDS, TREE_WORDS, SCRATCH_WORDS] = [4, 6, 3]
const [GOES_LEFT_IF_MISSING, HAS_SET] = [1, 2]

interface Kernel {
  explain(
    tree: number,
    row: number,
    sets: number,
    output: number,
    scale: number,
    scratch: number,
    into: number,
  ): void
}

/** A tree in the memory of the kernel. */
interface TreeLayout {
  readonly tree: Tree
  readonly paths: ShapPaths
  /** Points of the quadrature, and padded to an even number. */
  readonly points: number
  readonly padded: number
  readonly outputs: number
  /** Addresses. */
  readonly header: number
  readonly positions: number
  readonly factors: number
  readonly values: number
}

const compiled = new WebAssembly.Module(Buffer.from(COMPILED_KERNEL, 'base64'))

/**
 * Contributions of each feature to the difference between a tree's prediction and its mean: path-dependent TreeSHAP of
 * Lundberg et al. 2018 ("Consistent individualized feature attribution for tree ensembles"), where an unknown feature
 * takes each branch as often as the training rows did.
 *
 * The Shapley weight of a coalition is an integral, ∫ tˢ(1 − t)^(m − s − 1) dt, so a leaf of value v contributes to feature
 * i v·∫ (oᵢ − zᵢ) Π_{j≠i} (oⱼ·t + zⱼ·(1 − t)) dt with oⱼ = 1 if the row satisfies the path's splits by j, and zⱼ the share
 * of training rows that do. A quadrature makes the integral a sum, exactly; products are propagated down the tree and sums
 * over leaves up: O(nodes × points), as in Yu et al. 2022 ("Linear TreeShap"). Everything that depends on the tree alone
 * is precomputed. Not re-entrant, as buffers are reused.
 */
export class TreeShap {
  readonly blockRows = BLOCK_ROWS
  readonly #kernel: Kernel
  /** Addresses of the trees, and the mean of each leaf value. */
  readonly #trees: readonly number[]
  readonly #means: readonly Float64Array[]
  readonly #sets: number
  readonly #scratch: number
  readonly #features: number
  readonly #rows: Float32Array
  readonly #contributions: Float64Array
  readonly #width: number

  /**
   * `outputs` of the model, each with contributions of all features and a bias.
   *
   * @throws INVALID_PARAMETER_VALUE when a tree is so deep that explaining it would take too much memory
   */
  constructor(trees: readonly Tree[], features: number, outputs: number) {
    const memory = new KernelMemory()
    const sets = buildCategorySets(trees)
    const layouts = trees.map((tree) => layOut(tree, memory))
    const most = (size: (layout: TreeLayout) => number) => Math.max(1, ...layouts.map(size))
    const longest = most(({ paths }) => paths.nodes.length)
    const numbers = most(({ paths, padded }) => paths.nodes.length * padded)
    const cases = memory.reserve(longest)
    const [products, sums] = [memory.reserve(2 * numbers), memory.reserve(2 * numbers)]
    const [scratch, setWords] = [memory.reserve(SCRATCH_WORDS), memory.reserve(sets.words.length)]
    const width = outputs * (features + 1)
    const [rows, contributions] = [
      memory.reserve(BLOCK_ROWS * features),
      memory.reserve(2 * BLOCK_ROWS * width),
    ]
    const { buffer, kernel } = memory.allocate<Kernel>(compiled, 'xgboost: the trees')
    new Uint32Array(buffer, scratch, SCRATCH_WORDS).set([cases, products, sums])
    new Uint32Array(buffer, setWords, sets.words.length).set(sets.words)
    for (const [n, layout] of layouts.entries()) writeTree(buffer, layout, sets.starts[n]!)
    this.#kernel = kernel
    this.#trees = layouts.map(({ header }) => header)
    this.#means = layouts.map(meansOf)
    this.#sets = setWords
    this.#scratch = scratch
    this.#features = features
    this.#rows = new Float32Array(buffer, rows, BLOCK_ROWS * features)
    this.#contributions = new Float64Array(buffer, contributions, BLOCK_ROWS * width)
    this.#width = width
  }

  /** Returns the mean prediction of a tree over the training rows. `leaf` is the index in a leaf vector. */
  mean(tree: number, leaf: number): number {
    return this.#means[tree]![leaf]!
  }

  /** Sets the rows for the following calls, at most `blockRows`, and clears their contributions. */
  setRows(rows: Float32Array): void {
    this.#rows.set(rows)
    this.#contributions.fill(0, 0, (rows.length / this.#features) * this.#width)
  }

  /** Adds `scale` times the contributions of a tree's leaf values to the `output` of the first `count` rows. */
  add(tree: number, leaf: number, scale: number, output: number, count: number): void {
    const rows = this.#rows.byteOffset
    const contributions = this.#contributions.byteOffset + 8 * output * (this.#features + 1)
    for (let row = 0; row < count; row++)
      this.#kernel.explain(
        this.#trees[tree]!,
        rows + 4 * row * this.#features,
        this.#sets,
        leaf,
        scale,
        this.#scratch,
        contributions + 8 * row * this.#width,
      )
  }

  /** Returns the contributions of the first `count` rows: rows × outputs × (features + 1); valid until the next call. */
  contributions(count: number): Float64Array {
    return this.#contributions.subarray(0, count * this.#width)
  }
}

function layOut(tree: Tree, memory: KernelMemory): TreeLayout {
  const paths = shapPaths(tree)
  const { nodes, longest } = paths
  const points = Math.max(1, Math.ceil(longest / 2))
  const padded = 2 * Math.ceil(points / 2)
  if (nodes.length * padded > MAX_NUMBERS) throw invalid('xgboost: a tree is too deep to be explained')
  const outputs = tree.leafVectors ? tree.leafVectors.length / tree.leftChildren.length : 1
  return {
    tree,
    paths,
    points,
    padded,
    outputs,
    header: memory.reserve(TREE_WORDS),
    positions: memory.reserve(POSITION_WORDS * nodes.length),
    factors: memory.reserve(tableSize(padded) * nodes.length),
    values: memory.reserve(outputs * nodes.length),
  }
}

function writeTree(buffer: ArrayBuffer, layout: TreeLayout, sets: CategorySets['starts'][number]): void {
  const { tree, paths, points, padded, outputs, header, positions, factors, values } = layout
  const { length } = paths.nodes
  const words = [length, padded / 2, outputs, positions, factors, values]
  new Uint32Array(buffer, header, TREE_WORDS).set(words)
  writePositions(buffer, layout, sets)
  writeFactors(
    paths,
    gaussLegendre(points),
    padded,
    new Float32Array(buffer, factors, tableSize(padded) * length),
  )
  new Float32Array(buffer, values, outputs * length).set(leafValues(tree, paths.nodes, outputs))
}

function writePositions(
  buffer: ArrayBuffer,
  { tree, paths, positions }: TreeLayout,
  sets: CategorySets['starts'][number],
): void {
  const { nodes, parents, same, features } = paths
  const words = new Uint32Array(buffer, positions, POSITION_WORDS * nodes.length)
  const floats = new Float32Array(buffer, positions, POSITION_WORDS * nodes.length)
  for (let position = 1; position < nodes.length; position++) {
    const node = nodes[parents[position]!]!
    const at = POSITION_WORDS * position
    const set = sets.get(node)
    const missing = tree.defaultLeft[node] === 1 ? GOES_LEFT_IF_MISSING : 0
    words.set([parents[position]!, same[position]!], at)
    words[at + 2] = (4 * features[position]!) | missing | (set === undefined ? 0 : HAS_SET)
    if (set === undefined) floats[at + 3] = tree.splitConditions[node]!
    else words[at + 3] = set
  }
}

function meansOf({ tree, paths, outputs }: TreeLayout): Float64Array {
  const values = leafValues(tree, paths.nodes, outputs)
  const means = new Float64Array(outputs)
  for (const [position, share] of paths.reach.entries())
    for (let output = 0; output < outputs; output++)
      means[output]! += share * values[position * outputs + output]!
  return means
}

/** Positions × outputs; 0 if not a leaf. */
function leafValues(tree: Tree, nodes: Int32Array, outputs: number): Float32Array {
  const values = new Float32Array(nodes.length * outputs)
  for (const [position, node] of nodes.entries()) {
    if (tree.leftChildren[node] !== -1) continue
    if (tree.leafVectors)
      values.set(tree.leafVectors.subarray(node * outputs, (node + 1) * outputs), position * outputs)
    else values[position] = tree.splitConditions[node]!
  }
  return values
}
