import type { CallQueue } from './call-queue.js'
import type { BoosterParams } from './parameters.js'

/** A table in shared memory: labels, margins, and one byte per value with its bin. Pointers are byte offsets. */
export interface BinnedTable {
  readonly rows: number
  /** The number of rows, rounded up to a multiple of four: margins of output k start at float k · stride. */
  readonly stride: number
  /** Row-major. */
  readonly bins: number
  readonly labels: number
  /** One per row or one per group; 0 if absent. */
  readonly weights: number
  readonly weightCount: number
  readonly margins: number
  /** `groups + 1` row numbers. */
  readonly offsets: number
  readonly groups: number
  /** Raw values, which are binned before the first round. */
  readonly values: Float32Array
}

/** The cuts of each feature. */
export interface CutsArea {
  /** 256 floats per feature. */
  readonly upper: number
  readonly below: number
  readonly counts: number
  readonly hasMissing: number
}

/** The data and work areas that all training threads share. */
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
  /** The bins of the training rows by column, because partitioning reads one feature of many rows. */
  readonly columns: number
  /** (gradient, hessian) per row, one output after the other; first float32, then fixed-point int32. */
  readonly pairs: number
  readonly peaks: number
  /** For ranking: the rows 0 … n − 1 of each group in their previous order. */
  readonly ranking: number
  readonly order: number
  readonly left: number
  readonly right: number
  /** Rows that the tree is not trained on. */
  readonly rest: number
  readonly counts: number
  readonly rules: number
  /** See `Records`. */
  readonly search: number
  readonly nodes: number
  readonly allowed: number
  readonly splits: number
  /** One int32 per feature. */
  readonly constraints: number
  readonly steps: number
  readonly maxNodes: number
  readonly histograms: number
  readonly maxHistograms: number
  readonly partials: number
  readonly maxPartials: number
}

/** Maximum number of splits per batch. */
export const MAX_BATCH = 64
/** Maximum number of chunks of features in the split search. */
export const MAX_CHUNKS = 64
/** Size of a record: eight 8-byte words, one cache line. */
export const RECORD_BYTES = 64
/** Maximum number of segments with separate results in one phase. */
export const MAX_SEGMENTS = 2048
