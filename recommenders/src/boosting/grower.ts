import { ints } from '../numeric/kernel/arena.js'
import { type Candidate, Frontier, type Leaf, type Sums } from './frontier.js'
import { remainder, type Scales } from './records.js'
import { MAX_BATCH, MAX_PIECES, type SharedLayout } from './shared-layout.js'
import { type Family, type SearchTools, SplitSearch } from './split-search.js'
import { addLeaf, emptyTree, type GrownTree, partLeaf } from './tree.js'

/** Rows that one call parts, at least. */
const ROWS_A_PIECE = 16_384

/** A grown tree, and where the rows it saw ended up. */
export interface Growth {
  readonly tree: GrownTree
  /** Leaves whose rows are order[from, to). */
  readonly leaves: Iterable<Leaf>
  /** Nodes whose two children are leaves, and whose rows order[from, to) are not parted. */
  readonly forks: readonly Candidate[]
}

/** Grows trees on the training rows: run by one thread, which spreads the work over all. */
export class Grower {
  readonly #layout: SharedLayout
  readonly #tools: SearchTools
  readonly #search: SplitSearch
  #scales: Scales = [1, 1]
  #tree = emptyTree()
  #leaves = new Set<Leaf>()
  #forks: Candidate[] = []

  constructor(layout: SharedLayout, tools: SearchTools) {
    this.#layout = layout
    this.#tools = tools
    this.#search = new SplitSearch(layout, tools)
  }

  /** Grows on the first `rows` of `order`; `pairs` points to fixed-point gradients. */
  grow(rows: number, pairs: number, scales: Scales): Growth {
    this.#scales = scales
    this.#tree = emptyTree()
    this.#leaves = new Set()
    this.#forks = []
    this.#tools.records.writeRules(scales)
    this.#tools.columns.startTree()
    const frontier = new Frontier(this.#layout.params)
    this.#await(frontier, [this.#search.root(rows, pairs, (sums) => this.#root(rows, sums))])
    for (;;) {
      const batch = frontier.take(MAX_BATCH, this.#reservation(frontier))
      if (batch.length === 0) break
      const goesOn = ({ depth }: Leaf) => !frontier.isClosed && this.#mayPart(depth + 1)
      const families = this.#part(batch, goesOn)
      this.#search.run(families, pairs)
      for (const { children } of families) this.#await(frontier, children)
    }
    this.#releaseAll()
    return { tree: this.#tree, leaves: this.#leaves, forks: this.#forks }
  }

  #mayPart(depth: number): boolean {
    const { max_depth } = this.#layout.params
    return max_depth === 0 || depth < max_depth
  }

  #await(frontier: Frontier, leaves: readonly Leaf[]): void {
    for (const leaf of leaves) {
      this.#leaves.add(leaf)
      if (leaf.split) frontier.add(leaf as Candidate)
    }
  }

  /** Splits fit as long as histograms for their children do; those who wait longest make room. */
  #reservation(frontier: Frontier): (leaf: Candidate) => boolean {
    let needed = 0
    return (leaf) => {
      needed += leaf.histogram ? 1 : 2
      while (this.#tools.pool.free < needed) {
        const histogram = frontier.giveUpHistogram(leaf)
        if (!histogram) return false
        this.#tools.pool.release(histogram)
      }
      return true
    }
  }

  /** Leaves that a closed frontier left waiting still hold histograms. */
  #releaseAll(): void {
    for (const leaf of this.#leaves) if (leaf.histogram) this.#tools.pool.release(leaf.histogram)
  }

  #root(rows: number, sums: Sums): Leaf {
    const bounds = { lower: Number.NEGATIVE_INFINITY, upper: Number.POSITIVE_INFINITY }
    return this.#leaf(-1, { depth: 0, from: 0, to: rows, sums, ...bounds })
  }

  #leaf(parent: number, given: Omit<Leaf, 'id' | 'weight' | 'histogram'>): Leaf {
    const record = this.#tools.records.writeNode(0, given)
    const weight = this.#tools.kernel.weigh(this.#layout.rules, record)
    const value = Math.fround(weight * Math.fround(this.#layout.params.eta))
    const id = addLeaf(this.#tree, parent, Math.fround(Number(given.sums[1]) / this.#scales[1]), value)
    return { ...given, id, weight, histogram: 0 }
  }

  /** Makes the children of the batch's leaves, in its order; answers those that may be split again, their rows parted. */
  #part(batch: readonly Candidate[], goesOn: (leaf: Leaf) => boolean): Family[] {
    const going = batch.filter(goesOn)
    const ends = this.#partRows(going)
    const middles = new Map(going.map((leaf, at) => [leaf, ends[at]!]))
    const families: Family[] = []
    for (const leaf of batch) {
      this.#leaves.delete(leaf)
      const middle = middles.get(leaf)
      const children = this.#children(leaf, middle ?? leaf.to)
      if (middle === undefined) this.#fork(leaf)
      else families.push({ children, histogram: leaf.histogram })
    }
    return families
  }

  /** Its children are leaves for good: their rows need not be told apart. */
  #fork(leaf: Candidate): void {
    this.#forks.push(leaf)
    if (leaf.histogram) this.#tools.pool.release(leaf.histogram)
  }

  /** Monotone constraints: no leaf under one child may pass the middle between the two. */
  #children(leaf: Candidate, middle: number): [Leaf, Leaf] {
    const { id, depth, from, to, lower, upper, split, sums } = leaf
    const bounds = { lower, upper, depth: depth + 1 }
    const left = this.#leaf(id, { ...bounds, from, to: middle, sums: split.left })
    const right = this.#leaf(id, { ...bounds, from: middle, to, sums: remainder(sums, split.left) })
    partLeaf(this.#tree, id, leaf.weight, split, left.id)
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

  /** Answers where the rows of each left child end. Two phases: part into two lists, then copy these behind one another. */
  #partRows(batch: readonly Candidate[]): number[] {
    if (batch.length === 0) return []
    const { conductor } = this.#tools
    const { order, left, right, memory, counts } = this.#layout
    let started = 0
    const pieces = batch.map((leaf) => {
      const mine = this.#addParts(leaf, started)
      started += mine.length
      return mine
    })
    const counted = ints(memory, counts, MAX_PIECES)
    conductor.run()
    let at = 0
    const middles = batch.map((leaf, n) => {
      const mine = pieces[n]!.map((piece) => ({ ...piece, lefts: counted[at++]! }))
      const middle = leaf.from + mine.reduce((sum, { lefts }) => sum + lefts, 0)
      let [toLeft, toRight] = [leaf.from, middle]
      for (const { from, to, lefts } of mine) {
        conductor.add('copy', order + toLeft * 4, left + from * 4, lefts)
        conductor.add('copy', order + toRight * 4, right + from * 4, to - from - lefts)
        toLeft += lefts
        toRight += to - from - lefts
      }
      return middle
    })
    conductor.run()
    return middles
  }

  /** Their counts of left rows are numbered from `first`. */
  #addParts({ from, to, split }: Candidate, first: number): { from: number; to: number }[] {
    const { train, columns, order, left, right, counts } = this.#layout
    const missing = this.#tools.features.missingBin(split.feature, split.defaultLeft)
    const size = Math.max(ROWS_A_PIECE, Math.ceil(train.rows / (MAX_PIECES - 2 * MAX_BATCH)))
    const column = columns + split.feature * train.rows
    const pieces = []
    for (let at = from; at < to; at += size) {
      const piece = { from: at, to: Math.min(at + size, to) }
      const count = counts + 4 * (first + pieces.length)
      this.#tools.conductor.add(
        'partition',
        order,
        piece.from,
        piece.to,
        column,
        split.bin,
        missing,
        left,
        right,
        count,
      )
      pieces.push(piece)
    }
    return pieces
  }
}
