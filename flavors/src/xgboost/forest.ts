import { KernelMemory } from '../kernel-memory.js'
import { buildCategorySets } from './category-sets.js'
import {
  layOutNodes,
  NODE_WORDS,
  type NodeLayout,
  PADDING_TREES,
  TREE_WORDS,
  writeForest,
} from './forest-layout.js'
import { COMPILED_KERNEL } from './kernel/module.js'
import type { TreeBooster } from './model.js'

/** Rows scored at once, few enough to stay in the L1 cache with a tree. */
const BLOCK_ROWS = 64
/** Limit for the results of a block. */
const BLOCK_WORDS = 1 << 20

type Add = (
  sets: number,
  trees: number,
  count: number,
  values: number,
  rows: number,
  stride: number,
  margins: number,
  outputs: number,
) => void

interface Kernel {
  add: Add
  add_with_sets: Add
  leaves(
    sets: number,
    trees: number,
    count: number,
    values: number,
    rows: number,
    stride: number,
    out: number,
  ): void
}

/** Rows `first`…`first + rows − 1` of row-major `values`, at most `blockRows`; trees `from`…`to` − 1. */
export interface Block {
  readonly values: ArrayLike<number>
  readonly first: number
  readonly rows: number
  readonly from: number
  readonly to: number
}

const compiled = new WebAssembly.Module(Buffer.from(COMPILED_KERNEL, 'base64'))

/** Validated trees in the memory of a kernel that walks four at a time. Not re-entrant, as buffers are reused. */
export class Forest {
  readonly blockRows: number
  readonly #kernel: Kernel
  readonly #add: Add
  readonly #layout: NodeLayout
  readonly #stride: number
  readonly #outputs: number
  readonly #sets: number
  readonly #trees: number
  readonly #nodes: number
  readonly #values: Float32Array
  readonly #margins: Float32Array
  readonly #leaves: Uint32Array

  /** @throws INVALID_PARAMETER_VALUE when the trees do not fit into memory */
  constructor(booster: TreeBooster, features: number, outputs: number) {
    const { trees } = booster
    const layout = layOutNodes(trees)
    const sets = buildCategorySets(trees)
    const stride = features + 1
    const widest = Math.max(stride, trees.length, outputs)
    this.blockRows = Math.max(4, Math.min(BLOCK_ROWS, 4 * Math.floor(BLOCK_WORDS / widest / 4)))
    const memory = new KernelMemory()
    const nodes = memory.reserve(NODE_WORDS * layout.nodes.length)
    const setWords = memory.reserve(sets.words.length)
    const treeWords = memory.reserve(TREE_WORDS * (trees.length + PADDING_TREES))
    const buffers = [stride, outputs, trees.length].map((width) => memory.reserve(this.blockRows * width))
    const { buffer, kernel } = memory.allocate<Kernel>(compiled, 'xgboost: the trees')
    new Uint32Array(buffer, setWords, sets.words.length).set(sets.words)
    const contents = { booster, layout, sets: sets.starts, constant: features }
    writeForest(buffer, { nodes, trees: treeWords }, contents)
    this.#kernel = kernel
    this.#add = sets.words.length > 0 ? kernel.add_with_sets : kernel.add
    this.#layout = layout
    this.#stride = stride
    this.#outputs = outputs
    this.#sets = setWords
    this.#trees = treeWords
    this.#nodes = nodes
    this.#values = new Float32Array(buffer, buffers[0], this.blockRows * stride)
    this.#margins = new Float32Array(buffer, buffers[1], this.blockRows * outputs)
    this.#leaves = new Uint32Array(buffer, buffers[2], this.blockRows * trees.length)
  }

  /** Adds the leaf values to the block's margins, rows × outputs, in float32 in the order of the trees. */
  add(block: Block, margins: Float32Array): void {
    const { rows, from, to } = block
    this.#copy(block)
    this.#margins.set(margins)
    const { byteOffset: values } = this.#values
    const { byteOffset: sums } = this.#margins
    this.#add(this.#sets, this.#tree(from), to - from, values, rows, this.#stride, sums, this.#outputs)
    margins.set(this.#margins.subarray(0, margins.length))
  }

  /** Returns the leaf of each row, rows × trees; valid until the next call. */
  leaves(block: Block): Uint32Array {
    const { rows, from, to } = block
    this.#copy(block)
    const leaves = this.#leaves.subarray(0, rows * (to - from))
    const { byteOffset: values } = this.#values
    this.#kernel.leaves(
      this.#sets,
      this.#tree(from),
      to - from,
      values,
      rows,
      this.#stride,
      leaves.byteOffset,
    )
    const { nodes } = this.#layout
    for (let i = 0; i < leaves.length; i++) leaves[i] = nodes[(leaves[i]! - this.#nodes) / (4 * NODE_WORDS)]!
    return leaves
  }

  #tree(index: number): number {
    return this.#trees + 4 * TREE_WORDS * index
  }

  #copy({ values, first, rows }: Block): void {
    const stride = this.#stride
    const features = stride - 1
    const buffer = this.#values
    for (let row = 0; row < rows; row++) {
      const source = (first + row) * features
      const target = row * stride
      for (let feature = 0; feature < features; feature++)
        buffer[target + feature] = values[source + feature]!
      buffer[target + features] = 0
    }
  }
}
