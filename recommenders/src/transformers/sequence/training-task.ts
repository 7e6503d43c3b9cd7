import type { OnnxEngine } from '@cairn/flavors/onnx/session'
import type { AdamSettings } from './adam.js'
import { sequenceKind } from './kinds.js'
import type { NetworkSizes } from './network.js'
import { ParameterLayout } from './parameter-layout.js'
import type { Sequences } from './shards.js'
import type { Validation } from './validation.js'

/** What the training threads know; typed arrays over shared memory are shared by them, the others copied. */
export interface TrainingTask {
  readonly kind: string
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
  /** Sums of the shards n, n + LANES, n + 2 LANES …, in that order, whichever threads compute them. */
  readonly gradients: readonly Float32Array[]
  readonly losses: Float64Array
  readonly ranks: Float64Array
  /** [0] hands out shares; [1] is the number of lanes that the step fills. */
  readonly counters: Int32Array
}

/** One round of the threads. `gradients`: of all shards of a step. `update`: the parameters. `validate`: ranks. */
export type TrainingRound =
  | { readonly phase: 'gradients'; readonly epoch: number; readonly step: number }
  | { readonly phase: 'update'; readonly rate: number; readonly count: number }
  | { readonly phase: 'validate' }

export type TrainingMessage = TrainingRound | { readonly phase: 'close' }

export const networkOf = ({ kind, sizes }: Pick<TrainingTask, 'kind' | 'sizes'>) =>
  sequenceKind(kind).network(sizes)

/** The most threads that can compute gradients at once. */
export const LANES = 8

export function shareState(size: number, validationUsers: number): SharedState {
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

export const layoutOf = (task: Pick<TrainingTask, 'kind' | 'sizes'>) =>
  new ParameterLayout(networkOf(task).parameters)
