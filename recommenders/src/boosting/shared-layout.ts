import type { CallQueue } from './call-queue.js'
import type { BoosterParams } from './params.js'

/** A table in shared memory: labels, margins, and one byte a value that names its bin. Pointers are byte offsets. */
export interface BinnedTable {
  readonly rows: number
  /** Rows rounded up to four: margins of output k begin k · stride floats after the first. */
  readonly stride: number
  /** Row-major. */
  readonly bins: number
  readonly labels: number
  /** One a row, or one a group; 0 without. */
  readonly weights: number
  readonly weightCount: number
  readonly margins: number
  /** `groups + 1` row numbers. */
  readonly offsets: number
  readonly groups: number
  /** What the bins are made from, before the first round. */
  readonly values: Float32Array
}

/** Where one thing lies for each feature. */
export interface CutsArea {
  /** 256 floats a feature. */
  readonly upper: number
  readonly below: number
  readonly counts: number
  readonly hasMissing: number
}

/** Everything that a thread needs to take part. */
export interface SharedLayout {
  readonly memory: WebAssembly.Memory
  readonly kernel: WebAssembly.Module
  readonly queue: CallQueue
  readonly threads: number
  readonly params: BoosterParams
  readonly features: number
  readonly outputs: number
  readonly startMargins: readonly number[]
  readonly train: BinnedTable
  readonly evaluation: BinnedTable | undefined
  readonly cuts: CutsArea
  /** Bins of the training rows again, column by column: partitioning reads one feature of many rows. */
  readonly columns: number
  /** (gradient, hessian) of every row, output after output; float32, then fixed-point int32. */
  readonly pairs: number
  readonly peaks: number
  /** Of ranking: the rows of each group, 0 to n − 1, as they were last ranked. */
  readonly ranking: number
  readonly order: number
  readonly left: number
  readonly right: number
  /** Rows that the tree does not see. */
  readonly rest: number
  readonly counts: number
  readonly rules: number
  /** See `Records`. */
  readonly search: number
  readonly nodes: number
  readonly wanted: number
  readonly splits: number
  /** An int32 a feature. */
  readonly constraints: number
  readonly steps: number
  readonly maxNodes: number
  readonly histograms: number
  readonly maxHistograms: number
  readonly partials: number
  readonly maxPartials: number
}

/** Splits that are worked on together. */
export const MAX_BATCH = 64
/** Parts into which the features are shared out to be searched. */
export const MAX_CHUNKS = 64
/** Words of 8 bytes; a cache line each. */
export const RECORD_BYTES = 64
/** Pieces of one phase that leave a result of their own. */
export const MAX_PIECES = 2048
