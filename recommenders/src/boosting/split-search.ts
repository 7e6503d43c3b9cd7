import type { Conductor } from './call-queue.js'
import type { ColumnSampler } from './column-sampler.js'
import type { CutFeatures } from './cut-features.js'
import type { Leaf, Sums } from './frontier.js'
import type { HistogramPool } from './histogram-pool.js'
import type { Kernel } from './kernel/kernel.js'
import type { OperationName } from './operations.js'
import type { Records } from './records.js'
import { MAX_CHUNKS, type SharedLayout } from './shared-layout.js'

/** The two leaves that came of one, and the histogram that one had (0 without). */
export interface Family {
  readonly children: readonly [Leaf, Leaf]
  readonly histogram: number
}

type Rows = Pick<Leaf, 'from' | 'to' | 'histogram'>

/** A histogram to be built from rows, and the leaf that has the parent's, off which it is taken. */
interface Search<Searched = Leaf> {
  readonly leaf: Searched
  readonly sibling?: Leaf | undefined
}

/** A histogram, and the partial ones that are still to be added to it. */
interface Built<Searched = Leaf> extends Search<Searched> {
  readonly partial: number
  readonly partials: number
}

export interface SearchTools {
  readonly conductor: Conductor<OperationName>
  readonly kernel: Kernel
  readonly features: CutFeatures
  readonly columns: ColumnSampler
  readonly pool: HistogramPool
  readonly records: Records
}

const MIN_ROWS_A_PIECE = 2048
/** XGBoost's kRtEps: what gains no more is not split. */
const MIN_GAIN = Math.fround(1e-6)
/** Nobody's place among the searched nodes. */
const NOBODY = -1

/** Finds the best split of leaves: histograms of the smaller ones from their rows, of their siblings by subtraction. */
export class SplitSearch {
  readonly #layout: SharedLayout
  readonly #tools: SearchTools
  readonly #histogramBytes: number

  constructor(layout: SharedLayout, tools: SearchTools) {
    this.#layout = layout
    this.#tools = tools
    this.#histogramBytes = layout.features * tools.features.slots * 16
  }

  /** The first leaf of a tree: its histogram, from which its sums are known, and then its split. */
  root(rows: number, pairs: number, leafOf: (sums: Sums) => Leaf): Leaf {
    const { kernel, features, pool, records, conductor } = this.#tools
    const histogram = pool.take()
    const built = this.#build([{ leaf: { from: 0, to: rows, histogram } }], pairs)
    this.#addFinish(built, () => NOBODY)
    conductor.run()
    kernel.total(histogram, features.slots, this.#layout.nodes)
    const leaf = { ...leafOf(records.readNode(0)), histogram }
    this.#finish([{ leaf, partial: 0, partials: 0 }])
    return leaf
  }

  /** Fills in `histogram` and `split` of all children. */
  run(families: readonly Family[], pairs: number): void {
    if (families.length === 0) return
    const searches = families.flatMap((family) => this.#plan(family))
    this.#finish(this.#build(searches, pairs))
  }

  #plan({ children: [left, right], histogram }: Family): Search[] {
    const [small, large] = left.to - left.from <= right.to - right.from ? [left, right] : [right, left]
    small.histogram = this.#tools.pool.take()
    large.histogram = histogram || this.#tools.pool.take()
    return histogram ? [{ leaf: small, sibling: large }] : [{ leaf: small }, { leaf: large }]
  }

  /** Builds histograms from rows, in pieces of about equal size. */
  #build<Searched extends Rows>(searches: readonly Search<Searched>[], pairs: number): Built<Searched>[] {
    const { threads, partials, order, train, features } = this.#layout
    const { conductor, features: cut } = this.#tools
    const total = searches.reduce((sum, { leaf }) => sum + leaf.to - leaf.from, 0)
    const size = Math.max(MIN_ROWS_A_PIECE, Math.ceil(total / (2 * threads)))
    let free = partials
    const built = searches.map((search) => {
      const { from, to, histogram } = search.leaf
      const pieces = Math.max(1, Math.ceil((to - from) / size))
      const partial = free
      for (let piece = 0; piece < pieces; piece++) {
        const [start, end] = [piece, piece + 1].map((at) => from + Math.floor(((to - from) * at) / pieces))
        const out = piece === 0 ? histogram : partial + (piece - 1) * this.#histogramBytes
        conductor.add('histogram', order, start!, end!, train.bins, features, cut.slots, pairs, out)
      }
      free += (pieces - 1) * this.#histogramBytes
      return { ...search, partial, partials: pieces - 1 }
    })
    conductor.run()
    return built
  }

  /** Completes histograms, searches them, and hands the splits to the leaves. */
  #finish(searches: readonly Built[]): void {
    const { columns, kernel, records, conductor } = this.#tools
    const leaves = searches
      .flatMap(({ leaf, sibling }) => (sibling ? [leaf, sibling] : [leaf]))
      .sort((a, b) => a.id - b.id)
    const places = new Map(leaves.map((leaf, place) => [leaf, place]))
    for (const [leaf, place] of places) {
      kernel.weigh(this.#layout.rules, records.writeNode(place, leaf))
      records.writeWanted(place, columns.node(leaf.depth))
    }
    const chunks = this.#addFinish(searches, (leaf) => places.get(leaf)!)
    conductor.run()
    for (const [leaf, place] of places) this.#decide(leaf, place, chunks)
  }

  /** One call for each histogram and chunk of features; answers how many chunks. */
  #addFinish<Searched extends Rows>(
    searches: readonly Built<Searched>[],
    placeOf: (leaf: Searched | Leaf) => number,
  ): number {
    const { search, features, threads } = this.#layout
    const { conductor, records, features: cut } = this.#tools
    const chunks = Math.min(features, MAX_CHUNKS, Math.ceil((8 * threads) / searches.length))
    records.writeSearch(cut.slots, chunks)
    for (const { leaf, sibling, partial, partials } of searches)
      for (let chunk = 0; chunk < chunks; chunk++) {
        const [from, to] = [chunk, chunk + 1].map((at) => Math.floor((features * at) / chunks))
        const places = [placeOf(leaf), sibling ? placeOf(sibling) : NOBODY]
        const histograms = [leaf.histogram, sibling?.histogram ?? 0, partial, partials]
        conductor.add('finish', search, chunk, from!, to!, ...histograms, ...places)
      }
    return chunks
  }

  /** Without a split that gains enough a leaf stays a leaf and needs no histogram. */
  #decide(leaf: Leaf, place: number, chunks: number): void {
    const { records, features, pool } = this.#tools
    const best = records.bestSplit(place, chunks)
    if (best.gain > MIN_GAIN && best.gain >= this.#layout.params.gamma) {
      leaf.split = { ...best, condition: features.condition(best.feature, best.bin) }
      return
    }
    pool.release(leaf.histogram)
    leaf.histogram = 0
  }
}
