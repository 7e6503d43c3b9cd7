import type { OnnxEngine } from '@cairn/flavors/onnx/session'
import type { AdamSettings } from './adam.js'
import type { KindReference } from './load-kind.js'
import type { NetworkSizes } from './network.js'
import type { Sequences } from './shards.js'
import type { Validation } from './validation.js'

/** The data of the training threads. Arrays over shared memory are shared, the others are copied. */
export interface TrainingTask {
  readonly kind: KindReference
  readonly sizes: NetworkSizes
  readonly settings: unknown
  readonly seed: number
  readonly batchSize: number
  readonly dropout: number
  readonly adam: AdamSettings
  readonly engine: OnnxEngine | undefined
  readonly sequences: Sequences
  readonly validation: Validation
  readonly shared: SharedState
}

export interface SharedState {
  readonly parameters: Float32Array
  readonly means: Float32Array
  readonly squares: Float32Array
  /** Gradient sums per lane: lane n sums the shards n, n + LANES, n + 2 LANES …, in that order, in any thread. */
  readonly gradients: readonly Float32Array[]
  readonly losses: Float64Array
  readonly ranks: Float64Array
  /** [0] is the counter of `claimRows`; [1] is the number of lanes in use in the step. */
  readonly counters: Int32Array
}

/** A phase of the threads: compute the gradients of a step, update the parameters, or compute validation ranks. */
export type TrainingRound =
  | { readonly phase: 'gradients'; readonly epoch: number; readonly step: number }
  | { readonly phase: 'update'; readonly rate: number; readonly count: number }
  | { readonly phase: 'validate' }

export type TrainingMessage = TrainingRound | { readonly phase: 'close' }

/** Maximum number of threads that compute gradients concurrently. */
export const LANES = 8

export function createSharedState(size: number, validationUsers: number): SharedState {
  const floats = () => new Float32Array(new SharedArrayBuffer(4 * size))
  return {
    parameters: floats(),
    means: floats(),
    squares: floats(),
    gradients: Array.from({ length: LANES }, floats),
    losses: new Float64Array(new SharedArrayBuffer(8 * LANES)),
    ranks: new Float64Array(new SharedArrayBuffer(8 * validationUsers)),
    counters: new Int32Array(new SharedArrayBuffer(8)),
  }
}
