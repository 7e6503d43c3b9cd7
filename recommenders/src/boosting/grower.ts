import { ints } from '../numeric/kernel/arena.js'
import { type Candidate, Frontier, type GradientSums, type Leaf } from './frontier.js'
import { type GradientScales, remainder } from './records.js'
import { MAX_BATCH, MAX_SEGMENTS, type SharedLayout } from './shared-layout.js'
import { type SiblingPair, SplitSearch, type SplitSearchParts } from './split-search.js'
import { addLeaf, emptyTree, type GrownTree, splitLeaf } from './tree.js'

/** Minimum number of rows that one call partitions. */
const MIN_ROWS_PER_SEGMENT = 16_384

/** A grown tree and the leaves of its training rows. */
export interface Growth {
  readonly tree: GrownTree
  /** Leaves whose rows are order[from, to). */
  readonly leaves: Iterable<Leaf>
  /** Nodes whose children are both leaves; their rows order[from, to) are not partitioned. */
  readonly lastSplits: readonly Candidate[]
}

/** Grows trees on the training rows; runs in the coordinating thread, which distributes the work to all threads. */
export class Grower {
  readonly #layout: SharedLayout
  readonly #tools: SplitSearchParts
  readonly #search: SplitSearch
  #scales: GradientScales = [1, 1]
  #tree = emptyTree()
  #leaves = new Set<Leaf>()
  #lastSplits: Candidate[] = []

  constructor(layout: SharedLayout, tools: SplitSearchParts) {
    this.#layout = layout
    this.#tools = tools
    this.#search = new SplitSearch(layout, tools)
  }

  /** Grows on the first `rows` of `order`; `pairs` points to fixed-point gradients. */
  grow(rows: number, pairs: number, scales: GradientScales): Growth {
    this.#scales = scales
    this.#tree = emptyTree()
    this.#leaves = new Set()
    this.#lastSplits = []
    this.#tools.records.writeRules(scales)
    this.#tools.columns.startTree()
    const frontier = new Frontier(this.#layout.params)
    this.#enqueue(frontier, [this.#search.root(rows, pairs, (sums) => this.#root(rows, sums))])
    for (;;) {
      const batch = frontier.take(MAX_BATCH, this.#reservation(frontier))
      if (batch.length === 0) break
      const mayContinue = ({ depth }: Leaf) => !frontier.isClosed && this.#mayDeepen(depth + 1)
      const siblingPairs = this.#split(batch, mayContinue)
      this.#search.run(siblingPairs, pairs)
      for (const { children } of siblingPairs) this.#enqueue(frontier, children)
    }
    this.#releaseAll()
    return { tree: this.#tree, leaves: this.#leaves, lastSplits: this.#lastSplits }
  }

  #mayDeepen(depth: number): boolean {
    const { max_depth } = this.#layout.params
    return max_depth === 0 || depth < max_depth
  }

  #enqueue(frontier: Frontier, leaves: readonly Leaf[]): void {
    for (const leaf of leaves) {
      this.#leaves.add(leaf)
      if (leaf.split) frontier.add(leaf as Candidate)
    }
  }

  /** A split fits if its children get histograms; those of the leaves split last are evicted for them. */
  #reservation(frontier: Frontier): (leaf: Candidate) => boolean {
    let needed = 0
    return (leaf) => {
      needed += leaf.histogram ? 1 : 2
      while (this.#tools.pool.free < needed) {
        const histogram = frontier.evictHistogram(leaf)
        if (!histogram) return false
        this.#tools.pool.release(histogram)
      }
      return true
    }
  }

  /** Leaves that remain in a closed frontier still have histograms. */
  #releaseAll(): void {
    for (const leaf of this.#leaves) if (leaf.histogram) this.#tools.pool.release(leaf.histogram)
  }

  #root(rows: number, sums: GradientSums): Leaf {
    const bounds = { lower: Number.NEGATIVE_INFINITY, upper: Number.POSITIVE_INFINITY }
    return this.#leaf(-1, { depth: 0, from: 0, to: rows, sums, ...bounds })
  }

  #leaf(parent: number, fields: Omit<Leaf, 'id' | 'weight' | 'histogram'>): Leaf {
    const record = this.#tools.records.writeNode(0, fields)
    const weight = this.#tools.kernel.weigh(this.#layout.rules, record)
    const value = Math.fround(weight * Math.fround(this.#layout.params.eta))
    const id = addLeaf(this.#tree, parent, Math.fround(Number(fields.sums[1]) / this.#scales[1]), value)
    return { ...fields, id, weight, histogram: 0 }
  }

  /** Splits the leaves of the batch in order; returns the children that may be split again, with their rows partitioned. */
  #split(batch: readonly Candidate[], mayContinue: (leaf: Leaf) => boolean): SiblingPair[] {
    const continued = batch.filter(mayContinue)
    const ends = this.#partitionRows(continued)
    const middles = new Map(continued.map((leaf, at) => [leaf, ends[at]!]))
    const siblingPairs: SiblingPair[] = []
    for (const leaf of batch) {
      this.#leaves.delete(leaf)
      const middle = middles.get(leaf)
      const children = this.#children(leaf, middle ?? leaf.to)
      if (middle === undefined) this.#closeSplit(leaf)
      else siblingPairs.push({ children, histogram: leaf.histogram })
    }
    return siblingPairs
  }

  /** The children will not be split, so the rows are not partitioned. */
  #closeSplit(leaf: Candidate): void {
    this.#lastSplits.push(leaf)
    if (leaf.histogram) this.#tools.pool.release(leaf.histogram)
  }

  /** With a monotone constraint, leaves below either child may not cross the mean of the two weights. */
  #children(leaf: Candidate, middle: number): [Leaf, Leaf] {
    const { id, depth, from, to, lower, upper, split, sums } = leaf
    const bounds = { lower, upper, depth: depth + 1 }
    const left = this.#leaf(id, { ...bounds, from, to: middle, sums: split.left })
    const right = this.#leaf(id, { ...bounds, from: middle, to, sums: remainder(sums, split.left) })
    splitLeaf(this.#tree, id, leaf.weight, split, left.id)
    const constraint = this.#layout.params.monotone_constraints[split.feature] ?? 0
    if (constraint === 0) return [left, right]
    const mean = Math.fround((left.weight + right.weight) / 2)
    return constraint > 0
      ? [
          { ...left, upper: mean },
          { ...right, lower: mean },
        ]
      : [
          { ...left, lower: mean },
          { ...right, upper: mean },
        ]
  }

  /** Returns the end of each left child's rows. Two phases: partition into two lists, then copy these back one after the other. */
  #partitionRows(batch: readonly Candidate[]): number[] {
    if (batch.length === 0) return []
    const { coordinator } = this.#tools
    const { order, left, right, memory, counts } = this.#layout
    let started = 0
    const segments = batch.map((leaf) => {
      const ownSegments = this.#addPartitions(leaf, started)
      started += ownSegments.length
      return ownSegments
    })
    const counted = ints(memory, counts, MAX_SEGMENTS)
    coordinator.run()
    let at = 0
    const middles = batch.map((leaf, n) => {
      const ownSegments = segments[n]!.map((segment) => ({ ...segment, leftCount: counted[at++]! }))
      const middle = leaf.from + ownSegments.reduce((sum, { leftCount }) => sum + leftCount, 0)
      let [toLeft, toRight] = [leaf.from, middle]
      for (const { from, to, leftCount } of ownSegments) {
        coordinator.add('copy', order + toLeft * 4, left + from * 4, leftCount)
        coordinator.add('copy', order + toRight * 4, right + from * 4, to - from - leftCount)
        toLeft += leftCount
        toRight += to - from - leftCount
      }
      return middle
    })
    coordinator.run()
    return middles
  }

  /** Adds the partition calls of a leaf; their counts of left rows are stored from index `first`. */
  #addPartitions({ from, to, split }: Candidate, first: number): { from: number; to: number }[] {
    const { train, columns, order, left, right, counts } = this.#layout
    const missing = this.#tools.features.missingBin(split.feature, split.defaultLeft)
    const size = Math.max(MIN_ROWS_PER_SEGMENT, Math.ceil(train.rows / (MAX_SEGMENTS - 2 * MAX_BATCH)))
    const column = columns + split.feature * train.rows
    const segments = []
    for (let at = from; at < to; at += size) {
      const segment = { from: at, to: Math.min(at + size, to) }
      const count = counts + 4 * (first + segments.length)
      this.#tools.coordinator.add(
        'partition',
        order,
        segment.from,
        segment.to,
        column,
        split.bin,
        missing,
        left,
        right,
        count,
      )
      segments.push(segment)
    }
    return segments
  }
}
