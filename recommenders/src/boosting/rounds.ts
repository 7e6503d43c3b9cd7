import { floats, ints } from '../numeric/kernel/arena.js'
import { Coordinator } from './call-queue.js'
import { ColumnSampler } from './column-sampler.js'
import { CutFeatures } from './cut-features.js'
import { Grower, type Growth } from './grower.js'
import { HistogramPool } from './histogram-pool.js'
import type { BoostingKernel } from './kernel/boosting-kernel.js'
import { metricOf } from './metrics.js'
import { type OperationName, operations } from './operations.js'
import { type GradientScales, Records } from './records.js'
import { type BinnedTable, MAX_SEGMENTS, type SharedLayout } from './shared-layout.js'
import type { GrownTree } from './tree.js'

/** The trees and the metric of one round. Tree conditions are feature values, not bins. */
export interface RoundResult {
  readonly trees: GrownTree[]
  /** The metric of the evaluation table. */
  readonly metric: number | undefined
}

const MIN_ROWS_PER_SEGMENT = 32_768

/** Runs boosting rounds; used by the coordinating thread. */
export class Rounds {
  readonly #layout: SharedLayout
  readonly #kernel: BoostingKernel
  readonly #coordinator: Coordinator<OperationName>
  readonly #features: CutFeatures
  readonly #grower: Grower
  #round = 0

  /** Computes the cuts and bins the tables. */
  constructor(layout: SharedLayout, kernel: BoostingKernel) {
    this.#layout = layout
    this.#kernel = kernel
    this.#coordinator = new Coordinator(layout.queue, operations(layout, kernel))
    this.#bin()
    this.#features = new CutFeatures(layout)
    this.#grower = new Grower(layout, {
      coordinator: this.#coordinator,
      kernel,
      features: this.#features,
      columns: new ColumnSampler(layout.features, layout.params),
      pool: new HistogramPool(layout, this.#features.slots),
      records: new Records(layout),
    })
  }

  #bin(): void {
    const { features, train, evaluation } = this.#layout
    for (let feature = 0; feature < features; feature++) this.#coordinator.add('cut', feature)
    this.#coordinator.run()
    this.#segments(train.rows, (from, to) => this.#coordinator.add('binTrain', from, to))
    if (evaluation)
      this.#segments(evaluation.rows, (from, to) => this.#coordinator.add('binEvaluation', from, to))
    this.#coordinator.run()
  }

  /** Adds a tree per output. Throws an error naming the tree if gradients are not finite. */
  next(): RoundResult {
    const { pairs, train } = this.#layout
    this.#round++
    const scales = this.#gradients()
    const trees = scales.map((scale, output) => this.#tree(output, pairs + output * train.stride * 8, scale))
    return { trees, metric: this.#metric() }
  }

  #tree(output: number, pairs: number, scales: GradientScales): GrownTree {
    const rows = this.#sample(output)
    const growth = this.#grower.grow(rows, pairs, scales)
    this.#addToMargins(output, growth, rows)
    return growth.tree
  }

  /** Quantizes the gradients of every output to fixed point; returns their scales. */
  #gradients(): GradientScales[] {
    const { pairs, train } = this.#layout
    const scales = this.#peaks().map(
      ([gradient, hessian]): GradientScales => [scaleOf(gradient), scaleOf(hessian)],
    )
    scales.forEach(([gradient, hessian], output) => {
      const first = pairs + output * train.stride * 8
      this.#segments(train.rows, (from, to) =>
        this.#coordinator.add('quantize', first, from, to, gradient, hessian),
      )
    })
    this.#coordinator.run()
    return scales
  }

  /** Computes float32 gradients; returns the largest absolute values of each output. */
  #peaks(): [number, number][] {
    const { outputs, peaks, memory } = this.#layout
    const segments = this.#addGradients()
    this.#coordinator.run()
    const found = floats(memory, peaks, segments * 2 * outputs)
    const top = Array.from({ length: outputs }, (): [number, number] => [0, 0])
    for (let at = 0; at < found.length; at++) {
      const output = top[(at >> 1) % outputs]!
      output[at & 1] = Math.max(output[at & 1]!, found[at]!)
    }
    for (const [output, [gradient, hessian]] of top.entries())
      if (!Number.isFinite(gradient) || !Number.isFinite(hessian))
        throw new Error(
          `the loss is not finite at tree ${this.#round}${outputs > 1 ? ` of class ${output}` : ''}: try a lower 'eta'`,
        )
    return top
  }

  #addGradients(): number {
    const { params, train, pairs, outputs, peaks } = this.#layout
    const peakOf = (segment: number) => peaks + segment * 2 * outputs * 4
    if (params.objective === 'rank:ndcg')
      return this.#segments(
        train.groups,
        (from, to, segment) => this.#coordinator.add('lambdaRank', from, to, peakOf(segment)),
        64,
      )
    const { margins, labels, weights, stride } = train
    const call = (
      { 'binary:logistic': 'logistic', 'reg:squarederror': 'squared', 'multi:softprob': 'softmax' } as const
    )[params.objective]
    return this.#segments(train.rows, (from, to, segment) =>
      this.#coordinator.add(
        call,
        margins,
        labels,
        weights,
        from,
        to,
        pairs,
        peakOf(segment),
        outputs,
        stride,
      ),
    )
  }

  /** Fills `order` with the rows that the tree is trained on; returns their number. */
  #sample(output: number): number {
    const { params, train, order, rest } = this.#layout
    if (params.subsample < 1) {
      const seed =
        Math.imul(params.seed + 1, 0x9e3779b1) ^
        Math.imul(this.#round, 0x85ebca77) ^
        Math.imul(output, 0xc2b2ae3d)
      return this.#kernel.sample(
        train.rows,
        seed,
        Math.min(Math.round(params.subsample * 2 ** 32), 2 ** 32 - 1),
        order,
        rest,
      )
    }
    this.#segments(train.rows, (from, to) => this.#coordinator.add('count_up', order, from, to))
    this.#coordinator.run()
    return train.rows
  }

  #addToMargins(output: number, { tree, leaves, lastSplits }: Growth, rows: number): void {
    const { train, evaluation, order, rest, columns } = this.#layout
    const margins = train.margins + output * train.stride * 4
    for (const { id, from, to } of leaves)
      this.#segments(to - from, (start, end) =>
        this.#coordinator.add('add_leaf', margins, order, from + start, from + end, tree.condition[id]!),
      )
    for (const { id, from, to, split } of lastSplits) {
      const column = columns + split.feature * train.rows
      const missing = this.#features.missingBin(split.feature, split.defaultLeft)
      const values = [tree.left[id]!, tree.right[id]!].map((child) => tree.condition[child]!)
      this.#segments(to - from, (start, end) => {
        const list = [margins, order, from + start, from + end]
        this.#coordinator.add('add_leaves', ...list, column, split.bin, missing, ...values)
      })
    }
    this.#writeSteps(tree)
    if (rows < train.rows) this.#addDescents(train, rest, train.rows - rows, output)
    if (evaluation) this.#addDescents(evaluation, 0, evaluation.rows, output)
    this.#coordinator.run()
  }

  #addDescents({ bins, margins, stride }: BinnedTable, list: number, rows: number, output: number): void {
    const { steps, features } = this.#layout
    this.#segments(rows, (from, to) =>
      this.#coordinator.add('descend', steps, bins, features, list, from, to, margins + output * stride * 4),
    )
  }

  #writeSteps(tree: GrownTree): void {
    const { memory, steps } = this.#layout
    const words = ints(memory, steps, tree.left.length * 4)
    const values = floats(memory, steps, tree.left.length * 4)
    tree.left.forEach((left, id) => {
      const feature = tree.feature[id]!
      const missing = this.#features.missingBin(feature, tree.defaultLeft[id] === 1)
      words.set([feature, tree.bin[id]!, missing, Math.max(left, 0)], id * 4)
      if (left < 0) values[id * 4 + 1] = tree.condition[id]!
    })
  }

  #metric(): number | undefined {
    const { evaluation, memory, params, outputs } = this.#layout
    if (!evaluation) return undefined
    const { rows, stride, groups, weightCount, weights, margins, labels, offsets } = evaluation
    return metricOf(params).of({
      params,
      stride,
      margins: floats(memory, margins, stride * outputs),
      labels: floats(memory, labels, rows),
      weights: weightCount > 0 ? floats(memory, weights, weightCount) : undefined,
      offsets: ints(memory, offsets, groups + 1),
    })
  }

  /** Divides [0, count) into segments that start at multiples of four; returns their number. */
  #segments(
    count: number,
    add: (from: number, to: number, segment: number) => void,
    atLeast = MIN_ROWS_PER_SEGMENT,
  ): number {
    const size = Math.ceil(Math.max(atLeast, count / (MAX_SEGMENTS - 1)) / 4) * 4
    let segments = 0
    for (let from = 0; from < count; from += size) add(from, Math.min(from + size, count), segments++)
    return segments
  }
}

/** The power of two that scales the largest value to at most 2^30: scaling is exact, and sums of 2^33 rows cannot overflow. */
function scaleOf(peak: number): number {
  return peak > 0 ? 2 ** Math.min(30 - Math.ceil(Math.log2(peak)), 120) : 1
}
