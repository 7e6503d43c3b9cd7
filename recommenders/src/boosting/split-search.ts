import type { Coordinator } from './call-queue.js'
import type { ColumnSampler } from './column-sampler.js'
import type { CutFeatures } from './cut-features.js'
import type { GradientSums, Leaf } from './frontier.js'
import type { HistogramPool } from './histogram-pool.js'
import type { BoostingKernel } from './kernel/boosting-kernel.js'
import type { OperationName } from './operations.js'
import type { Records } from './records.js'
import { MAX_CHUNKS, type SharedLayout } from './shared-layout.js'

/** The two children of a split leaf and the histogram of the parent (0 if evicted). */
export interface SiblingPair {
  readonly children: readonly [Leaf, Leaf]
  readonly histogram: number
}

type Rows = Pick<Leaf, 'from' | 'to' | 'histogram'>

/** A histogram to build from rows; if `sibling` is set, its histogram is the parent's minus this one. */
interface Search<Searched = Leaf> {
  readonly leaf: Searched
  readonly sibling?: Leaf | undefined
}

/** A histogram and the partial histograms that are still to be added to it. */
interface HistogramBuild<Searched = Leaf> extends Search<Searched> {
  readonly partial: number
  readonly partials: number
}

export interface SplitSearchParts {
  readonly coordinator: Coordinator<OperationName>
  readonly kernel: BoostingKernel
  readonly features: CutFeatures
  readonly columns: ColumnSampler
  readonly pool: HistogramPool
  readonly records: Records
}

const MIN_ROWS_PER_SEGMENT = 2048
/** XGBoost's kRtEps: splits with less gain are not made. */
const MIN_GAIN = Math.fround(1e-6)
/** Index of an absent node. */
const NO_NODE = -1

/** Finds the best splits of leaves. Builds the histogram of the smaller child from rows and the sibling's by subtraction. */
export class SplitSearch {
  readonly #layout: SharedLayout
  readonly #tools: SplitSearchParts
  readonly #histogramBytes: number

  constructor(layout: SharedLayout, tools: SplitSearchParts) {
    this.#layout = layout
    this.#tools = tools
    this.#histogramBytes = layout.features * tools.features.slots * 16
  }

  /** Creates the root: builds its histogram, which contains its sums, and then searches its split. */
  root(rows: number, pairs: number, leafOf: (sums: GradientSums) => Leaf): Leaf {
    const { kernel, features, pool, records, coordinator } = this.#tools
    const histogram = pool.take()
    const built = this.#build([{ leaf: { from: 0, to: rows, histogram } }], pairs)
    this.#addFinish(built, () => NO_NODE)
    coordinator.run()
    kernel.total(histogram, features.slots, this.#layout.nodes)
    const leaf = { ...leafOf(records.readNode(0)), histogram }
    this.#finish([{ leaf, partial: 0, partials: 0 }])
    return leaf
  }

  /** Fills in `histogram` and `split` of all children. */
  run(siblingPairs: readonly SiblingPair[], pairs: number): void {
    if (siblingPairs.length === 0) return
    const searches = siblingPairs.flatMap((pair) => this.#plan(pair))
    this.#finish(this.#build(searches, pairs))
  }

  #plan({ children: [left, right], histogram }: SiblingPair): Search[] {
    const [small, large] = left.to - left.from <= right.to - right.from ? [left, right] : [right, left]
    small.histogram = this.#tools.pool.take()
    large.histogram = histogram || this.#tools.pool.take()
    return histogram ? [{ leaf: small, sibling: large }] : [{ leaf: small }, { leaf: large }]
  }

  /** Builds histograms from rows, in segments of about equal size. */
  #build<Searched extends Rows>(
    searches: readonly Search<Searched>[],
    pairs: number,
  ): HistogramBuild<Searched>[] {
    const { threads, partials, order, train, features } = this.#layout
    const { coordinator, features: cut } = this.#tools
    const total = searches.reduce((sum, { leaf }) => sum + leaf.to - leaf.from, 0)
    const size = Math.max(MIN_ROWS_PER_SEGMENT, Math.ceil(total / (2 * threads)))
    let free = partials
    const built = searches.map((search) => {
      const { from, to, histogram } = search.leaf
      const segments = Math.max(1, Math.ceil((to - from) / size))
      const partial = free
      for (let segment = 0; segment < segments; segment++) {
        const [start, end] = [segment, segment + 1].map(
          (at) => from + Math.floor(((to - from) * at) / segments),
        )
        const out = segment === 0 ? histogram : partial + (segment - 1) * this.#histogramBytes
        coordinator.add('histogram', order, start!, end!, train.bins, features, cut.slots, pairs, out)
      }
      free += (segments - 1) * this.#histogramBytes
      return { ...search, partial, partials: segments - 1 }
    })
    coordinator.run()
    return built
  }

  /** Completes and searches the histograms, and stores the splits in the leaves. */
  #finish(searches: readonly HistogramBuild[]): void {
    const { columns, kernel, records, coordinator } = this.#tools
    const leaves = searches
      .flatMap(({ leaf, sibling }) => (sibling ? [leaf, sibling] : [leaf]))
      .sort((a, b) => a.id - b.id)
    const indices = new Map(leaves.map((leaf, index) => [leaf, index]))
    for (const [leaf, index] of indices) {
      kernel.weigh(this.#layout.rules, records.writeNode(index, leaf))
      records.writeAllowed(index, columns.node(leaf.depth))
    }
    const chunks = this.#addFinish(searches, (leaf) => indices.get(leaf)!)
    coordinator.run()
    for (const [leaf, index] of indices) this.#decide(leaf, index, chunks)
  }

  /** Adds one call per histogram and chunk of features; returns the number of chunks. */
  #addFinish<Searched extends Rows>(
    searches: readonly HistogramBuild<Searched>[],
    indexOf: (leaf: Searched | Leaf) => number,
  ): number {
    const { search, features, threads } = this.#layout
    const { coordinator, records, features: cut } = this.#tools
    const chunks = Math.min(features, MAX_CHUNKS, Math.ceil((8 * threads) / searches.length))
    records.writeSearch(cut.slots, chunks)
    for (const { leaf, sibling, partial, partials } of searches)
      for (let chunk = 0; chunk < chunks; chunk++) {
        const [from, to] = [chunk, chunk + 1].map((at) => Math.floor((features * at) / chunks))
        const indices = [indexOf(leaf), sibling ? indexOf(sibling) : NO_NODE]
        const histograms = [leaf.histogram, sibling?.histogram ?? 0, partial, partials]
        coordinator.add('finish', search, chunk, from!, to!, ...histograms, ...indices)
      }
    return chunks
  }

  /** A leaf without a split of sufficient gain needs no histogram. */
  #decide(leaf: Leaf, index: number, chunks: number): void {
    const { records, features, pool } = this.#tools
    const best = records.bestSplit(index, chunks)
    if (best.gain > MIN_GAIN && best.gain >= this.#layout.params.gamma) {
      leaf.split = { ...best, condition: features.condition(best.feature, best.bin) }
      return
    }
    pool.release(leaf.histogram)
    leaf.histogram = 0
  }
}
